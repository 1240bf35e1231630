using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>Everything the chunks of one depthwise call share.</summary>
internal readonly unsafe struct DepthwiseJob
{
    public readonly IntegerConvArguments Arguments;
    public readonly DepthwisePartition Partition;
    public readonly ScratchSlots Scratch;

    public DepthwiseJob(in IntegerConvArguments arguments, int lanes, int threads)
    {
        Arguments = arguments;
        Partition = new DepthwisePartition(arguments.Shape, lanes);
        Scratch = new ScratchSlots(arguments.Scratch, 2 * Partition.Pairs, Partition.SlotBytes, threads);
        int taps = arguments.Shape.KernelHeight * arguments.Shape.KernelWidth;
        for (int tap = 0; tap < 2 * Partition.Pairs; tap++)
        {
            // An odd number of taps ends in a pair whose second weight is zero: any readable codes do.
            int existing = Math.Min(tap, taps - 1), ky = existing / arguments.Shape.KernelWidth, kx = existing % arguments.Shape.KernelWidth;
            Scratch.Offsets[tap] = ((nint)ky * Partition.RowBytes) + ((nint)kx * Partition.Channels);
        }
    }

    /// <summary>Copies the rows of a block with their borders: <c>[InputRows, Columns, Channels]</c>.</summary>
    public void CopyInput(int image, int firstRow, int rows, int firstChannel, byte* copy)
    {
        ConvShape s = Arguments.Shape;
        int count = ((rows - 1) * s.Stride) + s.KernelHeight, channels = Math.Min(Partition.Channels, s.InChannels - firstChannel);
        int border = s.Padding * Partition.Channels;
        for (int r = 0; r < count; r++)
        {
            byte* row = copy + ((nint)r * Partition.RowBytes);
            int y = (firstRow * s.Stride) + r - s.Padding;
            if ((uint)y >= (uint)s.Height)
            {
                new Span<byte>(row, Partition.RowBytes).Fill(Arguments.PaddingCode);
                continue;
            }

            byte* source = Arguments.Input + (((((long)image * s.Height) + y) * s.Width) * s.InChannels) + firstChannel;
            new Span<byte>(row, border).Fill(Arguments.PaddingCode);
            new Span<byte>(row + Partition.RowBytes - border, border).Fill(Arguments.PaddingCode);
            if (channels == s.InChannels && channels == Partition.Channels)
            {
                new ReadOnlySpan<byte>(source, s.Width * channels).CopyTo(new Span<byte>(row + border, s.Width * channels));
                continue;
            }

            for (int x = 0; x < s.Width; x++)
            {
                new ReadOnlySpan<byte>(source + ((long)x * s.InChannels), channels).CopyTo(new Span<byte>(row + border + (x * Partition.Channels), channels));
            }
        }
    }
}
