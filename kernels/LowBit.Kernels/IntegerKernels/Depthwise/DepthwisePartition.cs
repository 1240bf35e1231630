using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>How a depthwise convolution is cut into chunks: image × block of output rows × block of channels. Decided by sizes alone.</summary>
internal readonly struct DepthwisePartition
{
    private const int BlockBytes = 48 << 10;
    private const int ChannelsPerBlock = 64;

    // Vector loads at the last pixel may read this far past it.
    private const int Slack = 64;

    public DepthwisePartition(in ConvShape shape, int lanes)
    {
        Channels = Math.Min(ChannelsPerBlock, (shape.InChannels + lanes - 1) / lanes * lanes);
        ChannelBlocks = (shape.InChannels + Channels - 1) / Channels;
        Columns = shape.Width + (2 * shape.Padding);
        int rowBytes = Columns * Channels;
        int rows = Math.Clamp((((BlockBytes / rowBytes) - shape.KernelHeight) / shape.Stride) + 1, 1, shape.OutHeight);
        int blocks = (shape.OutHeight + rows - 1) / rows;
        BlockRows = (shape.OutHeight + blocks - 1) / blocks;
        RowBlocks = (shape.OutHeight + BlockRows - 1) / BlockRows;
        InputRows = ((BlockRows - 1) * shape.Stride) + shape.KernelHeight;
        RowBytes = rowBytes;
        ChunkCount = checked(shape.Batch * RowBlocks * ChannelBlocks);
        Pairs = ((shape.KernelHeight * shape.KernelWidth) + 1) / 2;
    }

    /// <summary>Channels of a block, a multiple of the lanes: bytes from pixel to pixel of the padded copy.</summary>
    public int Channels { get; }

    public int ChannelBlocks { get; }

    /// <summary>Pixels of a padded row.</summary>
    public int Columns { get; }

    public int RowBytes { get; }

    public int BlockRows { get; }

    public int RowBlocks { get; }

    public int InputRows { get; }

    public int ChunkCount { get; }

    /// <summary>Pairs of taps.</summary>
    public int Pairs { get; }

    public long SlotBytes => ((long)InputRows * RowBytes) + Slack;
}
