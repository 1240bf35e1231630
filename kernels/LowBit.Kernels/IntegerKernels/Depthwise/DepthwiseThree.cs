using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// 3×3 depthwise convolutions of stride one, two output rows at a time. Tiles inside the image read it where it lies; rows and columns outside are
/// replaced by padding codes. Packed weights are <c>[panel of channels][kx][4][lane][2]</c>, see <see cref="DepthwiseThreeTile{L,V,P}"/>.
/// </summary>
internal static unsafe class DepthwiseThree<L, V, E>
    where L : struct, IDotLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    private const int PanelVectors = 12;
    private const int MostPixels = 8;

    // Pixels collected for one call of the epilogue.
    private const int SumPixels = 64;

    public static bool Serves(in ConvShape shape) => shape.KernelHeight == 3 && shape.KernelWidth == 3 && shape.Stride == 1 && shape.Padding <= 1;

    public static long WeightBytes(in ConvShape shape) => (long)((shape.OutChannels + L.Count - 1) / L.Count) * PanelVectors * L.Count * 4;

    /// <summary>Room for a row of padding codes as wide as a tile.</summary>
    public static long ScratchBytes(in ConvShape shape) => ((long)(MostPixels + 2) * shape.InChannels) + L.Count;

    public static void Pack(ReadOnlySpan<sbyte> weights, int channels, short* packed)
    {
        for (int c = 0; c < channels; c++)
        {
            short* lane = packed + (((nint)(c / L.Count) * PanelVectors * L.Count) + (c % L.Count)) * 2;
            for (int kx = 0; kx < 3; kx++)
            {
                short top = weights[(c * 9) + kx], middle = weights[(c * 9) + 3 + kx], bottom = weights[(c * 9) + 6 + kx];
                Write(lane, 4 * kx, top, middle);
                Write(lane, (4 * kx) + 1, bottom, 0);
                Write(lane, (4 * kx) + 2, 0, top);
                Write(lane, (4 * kx) + 3, middle, bottom);
            }
        }
    }

    /// <summary>Computes one chunk: rows of one image × a block of channels.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunChunk(in DepthwiseThreeJob job, int chunk)
    {
        (int rest, int channelBlock) = Math.DivRem(chunk, job.ChannelBlocks);
        (int image, int rowBlock) = Math.DivRem(rest, job.RowBlocks);
        int firstChannel = channelBlock * DepthwiseThreeJob.ChannelsPerBlock, outHeight = job.Arguments.Shape.OutHeight;
        int endChannel = Math.Min(firstChannel + DepthwiseThreeJob.ChannelsPerBlock, job.Arguments.Shape.OutChannels);
        int firstRow = rowBlock * job.BlockRows, endRow = Math.Min(firstRow + job.BlockRows, outHeight);
        bool isNarrow = 2 * job.Arguments.Shape.OutWidth <= SumPixels;
        int rows = isNarrow ? SumPixels / (2 * job.Arguments.Shape.OutWidth) * 2 : 2;
        int* sums = stackalloc int[2 * SumPixels * L.Count];
        for (int y = firstRow; y < endRow; y += rows)
        {
            for (int c = firstChannel; c < endChannel; c += L.Count)
            {
                var panel = new DepthwisePanel(job, image, c, Math.Min(L.Count, endChannel - c), Weights(job, c));
                if (isNarrow)
                {
                    RunNarrow(job, panel, y, Math.Min(y + rows, endRow), sums);
                }
                else
                {
                    RunWide(job, panel, y, sums);
                }
            }
        }
    }

    private static byte* Weights(in DepthwiseThreeJob job, int channel)
        => job.Arguments.Weights.Data + ((nint)(channel / L.Count) * PanelVectors * L.Count * 4);

    // Whole rows of one panel, one call of the epilogue for all: their pixels follow one another in the output.
    private static void RunNarrow(in DepthwiseThreeJob job, in DepthwisePanel panel, int firstRow, int endRow, int* sums)
    {
        int width = job.Arguments.Shape.OutWidth;
        int* upper = sums;
        for (int y = firstRow; y < endRow; y += 2)
        {
            RunPair(job, panel, y, 0, width, upper, upper + (width * L.Count));
            upper += 2 * width * L.Count;
        }

        Finish(job, panel, firstRow, 0, (endRow - firstRow) * width, sums);
    }

    // Two rows (one at an odd end) of one panel, piece by piece.
    private static void RunWide(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int* sums)
    {
        int width = job.Arguments.Shape.OutWidth;
        int* lower = sums + (SumPixels * L.Count);
        for (int first = 0; first < width; first += SumPixels)
        {
            int end = Math.Min(first + SumPixels, width);
            RunPair(job, panel, y, first, end, sums, lower);
            Finish(job, panel, y, first, end - first, sums);
            if (y + 1 < job.Arguments.Shape.OutHeight)
            {
                Finish(job, panel, y + 1, first, end - first, lower);
            }
        }
    }

    private static void Finish(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int x, int pixels, int* sums)
    {
        ConvShape s = job.Arguments.Shape;
        long pixel = ((((long)panel.Image * s.OutHeight) + y) * s.OutWidth) + x;
        var target = new EpilogueTarget(sums, L.Count, pixels, panel.Valid, panel.Channel, s.OutChannels, (pixel * s.OutChannels) + panel.Channel);
        target.Finish<E>(job.Arguments);
    }

    // Pixels first … end of output rows y and y + 1.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPair(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int first, int end, int* upper, int* lower)
    {
        byte* copy = stackalloc byte[4 * (MostPixels + 2) * L.Count];
        byte* weights = panel.Weights;
        int height = job.Arguments.Shape.Height, width = job.Arguments.Shape.Width, top = y - job.Arguments.Shape.Padding;
        nint stride = job.Arguments.Shape.InChannels, rowStride = width * stride;
        byte* source = panel.Input + (top * rowStride);
        byte* corner = source + ((first - job.Arguments.Shape.Padding) * stride);
        var window = new DepthwiseWindow { PixelStride = stride, Padding = job.Padding };

        // The last vector of the tensor's last pixel may have fewer bytes than a load takes.
        bool isCopied = panel.IsLast && panel.Valid < L.Count && top + 4 >= height;
        for (int x = first, pixels; x < end; x += pixels)
        {
            pixels = Pixels(end - x);
            int left = x - job.Arguments.Shape.Padding;
            if (isCopied)
            {
                Copy(job, source, panel.Valid, top, left, pixels + 2, copy);
                window = new DepthwiseWindow { Row0 = copy, PixelStride = L.Count, Padding = job.Padding };
                window.Row1 = copy + ((pixels + 2) * L.Count);
                window.Row2 = copy + (2 * (pixels + 2) * L.Count);
                window.Row3 = copy + (3 * (pixels + 2) * L.Count);
            }
            else
            {
                window.Row0 = top >= 0 ? corner : job.Padding;
                window.Row1 = (uint)(top + 1) < (uint)height ? corner + rowStride : job.Padding;
                window.Row2 = (uint)(top + 2) < (uint)height ? corner + (2 * rowStride) : job.Padding;
                window.Row3 = (uint)(top + 3) < (uint)height ? corner + (3 * rowStride) : job.Padding;
                window.IsLeftOutside = left < 0;
                window.IsRightOutside = left + pixels + 1 >= width;
                corner += pixels * stride;
            }

            RunTile(pixels, window, weights, upper, lower);
            upper += pixels * L.Count;
            lower += pixels * L.Count;
        }
    }

    // Four rows × columns × lanes of a window; what lies outside the image is the padding code, lanes that do not exist are left as they are.
    private static void Copy(in DepthwiseThreeJob job, byte* source, int valid, int top, int left, int columns, byte* copy)
    {
        ConvShape s = job.Arguments.Shape;
        for (int r = 0; r < 4; r++)
        {
            byte* row = source + ((nint)r * s.Width * s.InChannels);
            bool isRow = (uint)(top + r) < (uint)s.Height;
            for (int x = left; x < left + columns; x++)
            {
                if (isRow && (uint)x < (uint)s.Width)
                {
                    new ReadOnlySpan<byte>(row + ((nint)x * s.InChannels), valid).CopyTo(new Span<byte>(copy, valid));
                }
                else
                {
                    new Span<byte>(copy, L.Count).Fill(job.Arguments.PaddingCode);
                }

                copy += L.Count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Pixels(int left) => left % 7 == 0 ? 7 : left >= 8 ? 8 : left >= 7 ? 7 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile(int pixels, in DepthwiseWindow window, byte* weights, int* upper, int* lower)
    {
        switch (pixels)
        {
            case 8:
                DepthwiseThreeTile<L, V, Pixels8>.Run(window, weights, upper, lower);
                break;
            case 7:
                DepthwiseThreeTile<L, V, Pixels7>.Run(window, weights, upper, lower);
                break;
            case 4:
                DepthwiseThreeTile<L, V, Pixels4>.Run(window, weights, upper, lower);
                break;
            case 2:
                DepthwiseThreeTile<L, V, Pixels2>.Run(window, weights, upper, lower);
                break;
            default:
                DepthwiseThreeTile<L, V, Pixels1>.Run(window, weights, upper, lower);
                break;
        }
    }

    private static void Write(short* lane, int vector, short first, short second)
    {
        short* at = lane + ((nint)vector * L.Count * 2);
        at[0] = first;
        at[1] = second;
    }
}
