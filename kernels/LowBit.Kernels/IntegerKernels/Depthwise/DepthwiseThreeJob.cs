using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>How a 3×3 depthwise call is cut into chunks: image × block of output rows × block of channels. Decided by sizes alone.</summary>
internal readonly unsafe struct DepthwiseThreeJob
{
    // A cache line of every pixel.
    public const int ChannelsPerBlock = 64;

    // Outputs of a chunk below which another thread does not pay.
    private const int ChunkOutputs = 1 << 14;

    public readonly IntegerConvArguments Arguments;

    public DepthwiseThreeJob(in IntegerConvArguments arguments, long paddingBytes)
    {
        ConvShape s = arguments.Shape;
        Arguments = arguments;
        Padding = arguments.Scratch;
        new Span<byte>(Padding, (int)paddingBytes).Fill(arguments.PaddingCode);
        ChannelBlocks = (s.OutChannels + ChannelsPerBlock - 1) / ChannelsPerBlock;

        Height = s.Height;
        Width = s.Width;
        Stride = s.Stride;
        PaddingWidth = s.Padding;
        PixelBytes = s.InChannels;
        int rows = (int)Math.Min((ChunkOutputs + ((long)s.OutWidth * ChannelsPerBlock) - 1) / ((long)s.OutWidth * ChannelsPerBlock), s.OutHeight);
        BlockRows = (rows + RowsAtOnce - 1) / RowsAtOnce * RowsAtOnce;
        RowBlocks = (s.OutHeight + BlockRows - 1) / BlockRows;
        ChunkCount = checked(s.Batch * RowBlocks * ChannelBlocks);
    }

    /// <summary>Input rows and columns.</summary>
    public int Height { get; }

    public int Width { get; }

    public int Stride { get; }

    /// <summary>Columns, and rows, of padding on each side.</summary>
    public int PaddingWidth { get; }

    /// <summary>Bytes from pixel to pixel.</summary>
    public nint PixelBytes { get; }

    /// <summary>Output rows that a tile computes together.</summary>
    public int RowsAtOnce => Stride == 1 ? 2 : 1;

    /// <summary>Padding codes, as many as a tile reads of a row.</summary>
    public byte* Padding { get; }

    public int ChannelBlocks { get; }

    public int BlockRows { get; }

    public int RowBlocks { get; }

    public int ChunkCount { get; }
}
