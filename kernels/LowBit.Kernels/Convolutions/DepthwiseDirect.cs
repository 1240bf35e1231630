using System.Runtime.CompilerServices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// Runs depthwise <see cref="CorrelationPass"/>es of at least one whole vector of channels on the images themselves: windows are clipped at
/// borders instead of copied, and neighbouring pixels share loads. Channels run innermost, so that memory is read in order.
/// </summary>
internal static unsafe class DepthwiseDirect<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    /// <summary>Vectors of a pixel; the last one overlaps its neighbour when channels do not fill it.</summary>
    public static int Vectors(int channels) => (channels + L.Count - 1) / L.Count;

    /// <summary>
    /// Packs the weights of one tap, <c>[vector][lane]</c>. The lanes of the last vector that belong to its neighbour are zero: its result is
    /// added or stored before the neighbour's.
    /// </summary>
    public static void PackTap(float* w, nint channelStep, int channels, float* destination)
    {
        int whole = channels / L.Count * L.Count;
        for (nint c = 0; c < whole; c++)
        {
            destination[c] = w[c * channelStep];
        }

        for (nint c = channels - L.Count; c < channels && whole < channels; c++)
        {
            destination[whole + c - (channels - L.Count)] = c < whole ? 0 : w[c * channelStep];
        }
    }

    /// <summary>Runs the pass; <see cref="CorrelationPass.Partition"/> must have been called.</summary>
    public static void Run(ref CorrelationPass pass, WorkerPool pool)
        => pool.Run(pass.Chunks, ref pass, static (ref CorrelationPass p, int chunk) => RunChunk(in p, chunk));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in CorrelationPass pass, int chunk)
    {
        int bands = pass.Bands, firstRow = chunk % bands * pass.RowsPerChunk, lastRow = Math.Min(pass.OutHeight, firstRow + pass.RowsPerChunk);
        int firstImage = chunk / bands * pass.ImagesPerChunk, lastImage = Math.Min(pass.Batch, firstImage + pass.ImagesPerChunk);
        for (int image = firstImage; image < lastImage; image++)
        {
            for (int row = firstRow; row < lastRow; row++)
            {
                RunRow(in pass, image, row);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRow(in CorrelationPass pass, int image, int row)
    {
        ImageSource source = pass.Source;
        int top = source.Top - (row * pass.RowStride), stride = pass.Stride;
        var window = new Window
        {
            FirstRow = Math.Clamp(top, 0, pass.KernelHeight),
            EndRow = Math.Clamp(source.Height + top, 0, pass.KernelHeight),
            EndColumn = pass.KernelWidth,
        };
        float* x = source.Address(image, row * pass.RowStride);
        float* target = pass.Target + (image * pass.TargetImage) + (row * pass.TargetRow);
        nint step = stride * source.Pixel;

        // The columns whose windows lie inside the image.
        int inside = Math.Min(pass.OutWidth, (Math.Max(0, source.Left) + stride - 1) / stride), room = source.Width + source.Left - pass.KernelWidth;
        int outside = room < 0 ? inside : Math.Clamp((room / stride) + 1, inside, pass.OutWidth);
        for (int column = 0; column < pass.OutWidth; column++, x += step, target += pass.TargetPixel)
        {
            if (column >= inside && column + 4 <= outside)
            {
                window.FirstColumn = 0;
                window.EndColumn = pass.KernelWidth;
                if (stride == 1 && pass.KernelWidth == 3)
                {
                    FourPixelsOfThreeTaps(in pass, in window, x, target);
                }
                else
                {
                    FourPixels(in pass, in window, x, target);
                }

                column += 3;
                x += 3 * step;
                target += 3 * pass.TargetPixel;
                continue;
            }

            int left = source.Left - (column * stride);
            window.FirstColumn = Math.Clamp(left, 0, pass.KernelWidth);
            window.EndColumn = Math.Clamp(source.Width + left, 0, pass.KernelWidth);
            OnePixel(in pass, in window, x, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourPixelsOfThreeTaps(in CorrelationPass pass, in Window window, float* x, float* target)
    {
        int vectors = Vectors(pass.Source.Channels);
        nint pixel = pass.Source.Pixel, row = pass.Source.Row, padded = (nint)vectors * L.Count;
        for (int i = vectors - 1, turn = 0; turn < vectors; turn++, i = turn - 1)
        {
            // The last vector comes first.
            nint c = Channel(in pass, i);
            V y0 = default, y1 = default, y2 = default, y3 = default;
            float* next = x + c + (3 * row), result = target + c + (4 * pass.TargetPixel);
            for (int q = 0; q < 4; q++, next += pixel, result += pass.TargetPixel)
            {
                Cache.Prefetch(next + pixel);
                Cache.Prefetch(result);
            }

            float* w = pass.Panels + ((nint)i * L.Count) + (window.FirstRow * 3 * padded);
            float* p = x + c + (window.FirstRow * row);
            for (int u = window.FirstRow; u < window.EndRow; u++)
            {
                V w0 = L.Load(w), w1 = L.Load(w + padded), w2 = L.Load(w + (2 * padded));
                y0 = L.MultiplyAdd(L.Load(p), w0, y0);
                V a = L.Load(p + pixel);
                y1 = L.MultiplyAdd(a, w0, y1);
                y0 = L.MultiplyAdd(a, w1, y0);
                a = L.Load(p + (2 * pixel));
                y2 = L.MultiplyAdd(a, w0, y2);
                y1 = L.MultiplyAdd(a, w1, y1);
                y0 = L.MultiplyAdd(a, w2, y0);
                a = L.Load(p + (3 * pixel));
                y3 = L.MultiplyAdd(a, w0, y3);
                y2 = L.MultiplyAdd(a, w1, y2);
                y1 = L.MultiplyAdd(a, w2, y1);
                a = L.Load(p + (4 * pixel));
                y3 = L.MultiplyAdd(a, w1, y3);
                y2 = L.MultiplyAdd(a, w2, y2);
                y3 = L.MultiplyAdd(L.Load(p + (5 * pixel)), w2, y3);
                w += 3 * padded;
                p += row;
            }

            Finish(in pass, c, y0, target);
            Finish(in pass, c, y1, target + pass.TargetPixel);
            Finish(in pass, c, y2, target + (2 * pass.TargetPixel));
            Finish(in pass, c, y3, target + (3 * pass.TargetPixel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourPixels(in CorrelationPass pass, in Window window, float* x, float* target)
    {
        int vectors = Vectors(pass.Source.Channels), columns = pass.KernelWidth;
        nint pixel = pass.Source.Pixel, row = pass.Source.Row, padded = (nint)vectors * L.Count, step = pass.Stride * pixel;
        for (int i = vectors - 1, turn = 0; turn < vectors; turn++, i = turn - 1)
        {
            nint c = Channel(in pass, i);
            V y0 = default, y1 = default, y2 = default, y3 = default;
            float* w = pass.Panels + ((nint)i * L.Count) + (window.FirstRow * columns * padded);
            for (int u = window.FirstRow; u < window.EndRow; u++)
            {
                float* p = x + c + (u * row);
                for (int v = 0; v < columns; v++, p += pixel, w += padded)
                {
                    V a = L.Load(w);
                    y0 = L.MultiplyAdd(L.Load(p), a, y0);
                    y1 = L.MultiplyAdd(L.Load(p + step), a, y1);
                    y2 = L.MultiplyAdd(L.Load(p + (2 * step)), a, y2);
                    y3 = L.MultiplyAdd(L.Load(p + (3 * step)), a, y3);
                }
            }

            Finish(in pass, c, y0, target);
            Finish(in pass, c, y1, target + pass.TargetPixel);
            Finish(in pass, c, y2, target + (2 * pass.TargetPixel));
            Finish(in pass, c, y3, target + (3 * pass.TargetPixel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePixel(in CorrelationPass pass, in Window window, float* x, float* target)
    {
        int vectors = Vectors(pass.Source.Channels);
        nint pixel = pass.Source.Pixel, row = pass.Source.Row, padded = (nint)vectors * L.Count;
        for (int i = vectors - 1, turn = 0; turn < vectors; turn++, i = turn - 1)
        {
            nint c = Channel(in pass, i);
            V y = default;
            for (int u = window.FirstRow; u < window.EndRow; u++)
            {
                float* p = x + c + (u * row) + (window.FirstColumn * pixel);
                float* w = pass.Panels + ((nint)i * L.Count) + (((u * pass.KernelWidth) + window.FirstColumn) * padded);
                for (int v = window.FirstColumn; v < window.EndColumn; v++, p += pixel, w += padded)
                {
                    y = L.MultiplyAdd(L.Load(p), L.Load(w), y);
                }
            }

            Finish(in pass, c, y, target);
        }
    }

    /// <summary>First channel of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Channel(in CorrelationPass pass, int vector) => Math.Min(vector * L.Count, pass.Source.Channels - L.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(in CorrelationPass pass, nint channel, V y, float* target)
    {
        if (pass.Add)
        {
            y = L.Add(L.Load(target + channel), y);
        }
        else if (pass.Bias != null)
        {
            y = L.Add(L.Load(pass.Bias + channel), y);
        }

        L.Store(target + channel, y);
    }

    /// <summary>The taps of a pixel that lie inside the image.</summary>
    private struct Window
    {
        public int FirstRow;
        public int EndRow;
        public int FirstColumn;
        public int EndColumn;
    }
}
