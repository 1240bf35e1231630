using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// One output row of a pool, by whole rows: the window's rows are joined over their full length, then each position with its neighbours, and
/// what the stride keeps is gathered. Vectors are full however few channels there are.
/// </summary>
internal static unsafe class PoolRows
{
    // A pixel's sums are worth a vector loop of their own from here on.
    private const int WideChannels = 64;

    // Joined columns stay in the nearest cache.
    private const int Buffer = 8192;

    /// <summary>True when <see cref="Max"/> computes it.</summary>
    public static bool HandlesMax(in PoolShape s) => s.KernelWidth <= Buffer / s.Channels;

    /// <summary>True when <see cref="Sum"/> computes it: a window's sum fits 16 bits.</summary>
    public static bool HandlesSum(in PoolShape s)
        => s.Channels < WideChannels && s.KernelWidth <= Buffer / s.Channels && (long)s.KernelHeight * s.KernelWidth * byte.MaxValue <= ushort.MaxValue;

    /// <summary>The largest code of each window.</summary>
    /// <param name="s">Sizes that <see cref="HandlesMax"/> accepts.</param>
    /// <param name="image">Codes of the image.</param>
    /// <param name="top">First row of the windows, which may lie outside.</param>
    /// <param name="y">Receives the row.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max(in PoolShape s, byte* image, int top, byte* y)
    {
        byte* joined = stackalloc byte[Buffer + ByteRows.Slack];
        int channels = s.Channels, most = SegmentOutputs(s);
        byte* rows = image + ((long)Math.Max(top, 0) * s.Width * channels);
        int height = Math.Min(top + s.KernelHeight, s.Height) - Math.Max(top, 0);
        for (int first = 0; first < s.OutWidth; first += most)
        {
            var segment = new Segment(s, first, Math.Min(most, s.OutWidth - first));
            new Span<byte>(joined, segment.Before).Clear();
            new Span<byte>(joined + segment.Before + segment.Inside, segment.After).Clear();
            byte* x = rows + segment.Start, inside = joined + segment.Before;
            nint rowBytes = (nint)s.Width * channels;
            ByteRows.Max(x, height > 1 ? x + rowBytes : x, inside, segment.Inside);
            for (int i = 2; i < height; i++)
            {
                ByteRows.Max(inside, x + (i * rowBytes), inside, segment.Inside);
            }

            ByteRows.MaxOfNeighbours(joined, channels, s.KernelWidth, (((segment.Outputs - 1) * s.Stride) + 1) * channels);
            ByteRows.Gather(joined, (nint)s.Stride * channels, y + ((nint)first * channels), channels, segment.Outputs);
        }
    }

    /// <summary>The sum of each window.</summary>
    /// <param name="s">Sizes that <see cref="HandlesSum"/> accepts.</param>
    /// <param name="image">Codes of the image.</param>
    /// <param name="top">First row of the windows, which may lie outside.</param>
    /// <param name="paddingCode">The code outside the image.</param>
    /// <param name="y">Receives the row.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(in PoolShape s, byte* image, int top, byte paddingCode, int* y)
    {
        ushort* joined = stackalloc ushort[Buffer + ByteRows.Slack];
        int channels = s.Channels, most = SegmentOutputs(s);
        byte* rows = image + ((long)Math.Max(top, 0) * s.Width * channels);
        int height = Math.Min(top + s.KernelHeight, s.Height) - Math.Max(top, 0);
        for (int first = 0; first < s.OutWidth; first += most)
        {
            var segment = new Segment(s, first, Math.Min(most, s.OutWidth - first));
            ushort* inside = joined + segment.Before;
            new Span<ushort>(joined, segment.Before).Fill((ushort)(s.KernelHeight * paddingCode));
            new Span<ushort>(inside, segment.Inside).Fill((ushort)((s.KernelHeight - height) * paddingCode));
            new Span<ushort>(inside + segment.Inside, segment.After).Fill((ushort)(s.KernelHeight * paddingCode));
            for (int i = 0; i < height; i++)
            {
                ByteRows.Add(rows + segment.Start + ((nint)i * s.Width * channels), inside, segment.Inside);
            }

            ByteRows.SumOfNeighbours(joined, channels, s.KernelWidth, (((segment.Outputs - 1) * s.Stride) + 1) * channels);
            ByteRows.Gather(joined, (nint)s.Stride * channels, y + ((nint)first * channels), channels, segment.Outputs);
        }
    }

    private static int SegmentOutputs(in PoolShape s) => (((Buffer / s.Channels) - s.KernelWidth) / s.Stride) + 1;

    /// <summary>Outputs of a row whose columns fit the buffer; all members but the first count codes.</summary>
    private readonly struct Segment
    {
        public Segment(in PoolShape s, int first, int outputs)
        {
            int left = (first * s.Stride) - s.Padding, columns = ((outputs - 1) * s.Stride) + s.KernelWidth;
            int start = Math.Max(left, 0), end = Math.Min(left + columns, s.Width);
            Outputs = outputs;
            Start = start * s.Channels;
            Before = (start - left) * s.Channels;
            Inside = (end - start) * s.Channels;
            After = (left + columns - end) * s.Channels;
        }

        public int Outputs { get; }

        /// <summary>Where the columns begin in the image's row.</summary>
        public int Start { get; }

        public int Before { get; }

        public int Inside { get; }

        public int After { get; }
    }
}
