using System.Runtime.CompilerServices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// Runs <see cref="CorrelationPass"/>es in which every channel meets its own weights only and the channels do not fill a vector: images are
/// framed, so that whole vectors can be read, and four neighbouring pixels share each load of a weight. The pass's panels are <c>[KH, KW, channels rounded up to whole vectors]</c>.
/// </summary>
internal static unsafe class DepthwiseCorrelation<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    // The largest vector, for the channels that do not fill one.
    private const int LargestCount = 16;

    /// <summary>Channels rounded up to whole vectors.</summary>
    public static int Pad(int channels) => (channels + L.Count - 1) / L.Count * L.Count;

    /// <summary>Runs the pass; <see cref="CorrelationPass.Partition"/> must have been called.</summary>
    public static void Run(ref CorrelationPass pass, WorkerPool pool)
        => pool.Run(pass.Chunks, ref pass, static (ref CorrelationPass p, int chunk) => RunChunk(in p, chunk));

    private static void RunChunk(in CorrelationPass pass, int chunk)
    {
        int bands = pass.Bands, channels = pass.Source.Channels, frameWidth = pass.FrameWidth;
        int firstRow = chunk % bands * pass.RowsPerChunk, rows = Math.Min(pass.RowsPerChunk, pass.OutHeight - firstRow);
        int firstImage = chunk / bands * pass.ImagesPerChunk, lastImage = Math.Min(pass.Batch, firstImage + pass.ImagesPerChunk);

        // The last vector of a pixel may reach past the frame; its surplus lanes are dropped when results are stored.
        long frameFloats = ((long)pass.FrameRows(rows) * frameWidth * channels) + L.Count;
        float* frame = Scratch.Rent(frameFloats);
        for (int image = firstImage; image < lastImage; image++)
        {
            pass.Source.CopyBand(image, firstRow * pass.RowStride, pass.FrameRows(rows), frameWidth, frame);
            float* target = pass.Target + (image * pass.TargetImage) + (firstRow * pass.TargetRow);
            for (int row = 0; row < rows; row++, target += pass.TargetRow)
            {
                RunRow(in pass, frame + ((nint)row * pass.RowStride * frameWidth * channels), target);
            }
        }

        Scratch.Return(frame, frameFloats);
    }

    private static void RunRow(in CorrelationPass pass, float* frame, float* target)
    {
        int channels = pass.Source.Channels;
        nint step = (nint)pass.Stride * channels;
        for (int c = 0; c < channels; c += L.Count)
        {
            int column = 0;
            for (; column + 4 <= pass.OutWidth; column += 4)
            {
                FourPixels(in pass, c, frame + (column * step) + c, target + (column * pass.TargetPixel) + c);
            }

            for (; column < pass.OutWidth; column++)
            {
                OnePixel(in pass, c, frame + (column * step) + c, target + (column * pass.TargetPixel) + c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourPixels(in CorrelationPass pass, int firstChannel, float* frame, float* target)
    {
        V y0 = default, y1 = default, y2 = default, y3 = default;
        int channels = pass.Source.Channels;
        nint pixel = (nint)pass.Stride * channels, padded = Pad(channels), frameRow = (nint)pass.FrameWidth * channels;
        float* weights = pass.Panels + firstChannel;
        for (int u = 0; u < pass.KernelHeight; u++, frame += frameRow)
        {
            float* x = frame;
            for (int v = 0; v < pass.KernelWidth; v++, x += channels, weights += padded)
            {
                V w = L.Load(weights);
                y0 = L.MultiplyAdd(L.Load(x), w, y0);
                y1 = L.MultiplyAdd(L.Load(x + pixel), w, y1);
                y2 = L.MultiplyAdd(L.Load(x + (2 * pixel)), w, y2);
                y3 = L.MultiplyAdd(L.Load(x + (3 * pixel)), w, y3);
            }
        }

        Finish(in pass, firstChannel, y0, target);
        Finish(in pass, firstChannel, y1, target + pass.TargetPixel);
        Finish(in pass, firstChannel, y2, target + (2 * pass.TargetPixel));
        Finish(in pass, firstChannel, y3, target + (3 * pass.TargetPixel));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePixel(in CorrelationPass pass, int firstChannel, float* frame, float* target)
    {
        V y = default;
        int channels = pass.Source.Channels;
        nint padded = Pad(channels), frameRow = (nint)pass.FrameWidth * channels;
        float* weights = pass.Panels + firstChannel;
        for (int u = 0; u < pass.KernelHeight; u++, frame += frameRow)
        {
            float* x = frame;
            for (int v = 0; v < pass.KernelWidth; v++, x += channels, weights += padded)
            {
                y = L.MultiplyAdd(L.Load(x), L.Load(weights), y);
            }
        }

        Finish(in pass, firstChannel, y, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(in CorrelationPass pass, int firstChannel, V y, float* target)
    {
        if (pass.Source.Channels - firstChannel < L.Count)
        {
            FinishEdge(in pass, firstChannel, y, target);
            return;
        }

        if (pass.Add)
        {
            y = L.Add(L.Load(target), y);
        }
        else if (pass.Bias != null)
        {
            y = L.Add(L.Load(pass.Bias + firstChannel), y);
        }

        L.Store(target, y);
    }

    private static void FinishEdge(in CorrelationPass pass, int firstChannel, V y, float* target)
    {
        float* lanes = stackalloc float[LargestCount];
        L.Store(lanes, y);
        for (int i = 0; i < pass.Source.Channels - firstChannel; i++)
        {
            float start = pass.Add ? target[i] : pass.Bias != null ? pass.Bias[firstChannel + i] : 0;
            target[i] = start + lanes[i];
        }
    }
}
