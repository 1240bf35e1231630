using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// 3×3 depthwise convolutions of stride one, two output rows at a time, and of stride two, row by row. Tiles inside the image read it where it lies; rows and columns outside are
/// replaced by padding codes. Packed weights are <c>[panel of channels][kx][4][lane][2]</c>, see <see cref="DepthwiseThreeTile{L,V,P}"/>.
/// </summary>
internal static unsafe class DepthwiseThree<L, V, E>
    where L : struct, IDotLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    private const int PanelVectors = 12;
    private const int MostPixels = 8;

    // Columns of the widest tile, at stride two.
    private const int MostColumns = (2 * MostPixels) + 1;

    // Pixels collected for one call of the epilogue.
    private const int SumPixels = 64;

    public static bool Serves(in ConvShape shape) => shape.KernelHeight == 3 && shape.KernelWidth == 3 && shape.Stride <= 2 && shape.Padding <= 1;

    public static long WeightBytes(in ConvShape shape) => (long)((shape.OutChannels + L.Count - 1) / L.Count) * PanelVectors * L.Count * 4;

    /// <summary>Room for a row of padding codes as wide as a tile.</summary>
    public static long ScratchBytes(in ConvShape shape) => ((long)MostColumns * shape.InChannels) + L.Count;

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
        int width = job.Arguments.Shape.OutWidth, unit = job.RowsAtOnce;
        bool isNarrow = unit * width <= SumPixels;
        int rows = isNarrow ? SumPixels / (unit * width) * unit : unit;
        int* sums = stackalloc int[2 * SumPixels * L.Count];
        for (int y = firstRow; y < endRow; y += rows)
        {
            for (int c = firstChannel; c < endChannel; c += L.Count)
            {
                var panel = new DepthwisePanel(job, image, c, Math.Min(L.Count, endChannel - c), L.Count, Weights(job, c));
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
        int width = job.Arguments.Shape.OutWidth, unit = job.RowsAtOnce;
        int* upper = sums;
        for (int y = firstRow; y < endRow; y += unit)
        {
            RunRows(job, panel, y, 0, width, upper, upper + (width * L.Count));
            upper += unit * width * L.Count;
        }

        Finish(job, panel, firstRow, 0, (endRow - firstRow) * width, sums);
    }

    // One or two rows of one panel, piece by piece.
    private static void RunWide(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int* sums)
    {
        int width = job.Arguments.Shape.OutWidth;
        int* lower = sums + (SumPixels * L.Count);
        for (int first = 0; first < width; first += SumPixels)
        {
            int end = Math.Min(first + SumPixels, width);
            RunRows(job, panel, y, first, end, sums, lower);
            Finish(job, panel, y, first, end - first, sums);
            if (job.RowsAtOnce == 2 && y + 1 < job.Arguments.Shape.OutHeight)
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

    // Pixels first … end of output row y, and of the next one at stride one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRows(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int first, int end, int* upper, int* lower)
    {
        int height = job.Height, width = job.Width, stride = job.Stride, top = (y * stride) - job.PaddingWidth;

        if (top + 4 > panel.ReadableRows)
        {
            RunCopied(job, panel, y, first, end, upper, lower);
            return;
        }

        nint pixelBytes = job.PixelBytes, rowBytes = width * pixelBytes;
        int left = (first * stride) - job.PaddingWidth;
        byte* corner = panel.Input + (top * rowBytes) + (left * pixelBytes);
        DepthwiseWindow window;
        window.PixelStride = pixelBytes;
        window.Padding = job.Padding;
        for (int count = end - first, pixels; count > 0; count -= pixels)
        {
            pixels = Pixels(count);
            window.Row0 = top >= 0 ? corner : job.Padding;
            window.Row1 = (uint)(top + 1) < (uint)height ? corner + rowBytes : job.Padding;
            window.Row2 = (uint)(top + 2) < (uint)height ? corner + (2 * rowBytes) : job.Padding;
            window.Row3 = (uint)(top + 3) < (uint)height ? corner + (3 * rowBytes) : job.Padding;
            window.IsLeftOutside = left < 0;
            left += pixels * stride;
            window.IsRightOutside = left + 2 - stride >= width;
            corner += pixels * stride * pixelBytes;
            RunTile(stride, pixels, window, panel.Weights, upper, lower);
            upper += pixels * L.Count;
            lower += pixels * L.Count;
        }
    }

    // As RunRows, on copies of the windows.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void RunCopied(in DepthwiseThreeJob job, in DepthwisePanel panel, int y, int first, int end, int* upper, int* lower)
    {
        byte* copy = stackalloc byte[4 * MostColumns * L.Count];
        int stride = job.Stride, top = (y * stride) - job.PaddingWidth;
        byte* source = panel.Input + ((nint)top * job.Width * job.PixelBytes);
        for (int x = first, pixels; x < end; x += pixels)
        {
            pixels = Pixels(end - x);
            int columns = ((pixels - 1) * stride) + 3;
            Copy(job, source, panel.Valid, top, (x * stride) - job.PaddingWidth, columns, copy);
            var window = new DepthwiseWindow { Row0 = copy, PixelStride = L.Count, Padding = job.Padding };
            window.Row1 = copy + (columns * L.Count);
            window.Row2 = copy + (2 * columns * L.Count);
            window.Row3 = copy + (3 * columns * L.Count);
            RunTile(stride, pixels, window, panel.Weights, upper, lower);
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
    private static void RunTile(int stride, int pixels, in DepthwiseWindow window, byte* weights, int* upper, int* lower)
    {
        if (stride == 1)
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

            return;
        }

        switch (pixels)
        {
            case 8:
                DepthwiseHalvingTile<L, V, Pixels8>.Run(window, weights, upper);
                break;
            case 7:
                DepthwiseHalvingTile<L, V, Pixels7>.Run(window, weights, upper);
                break;
            case 4:
                DepthwiseHalvingTile<L, V, Pixels4>.Run(window, weights, upper);
                break;
            case 2:
                DepthwiseHalvingTile<L, V, Pixels2>.Run(window, weights, upper);
                break;
            default:
                DepthwiseHalvingTile<L, V, Pixels1>.Run(window, weights, upper);
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
