using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.MatrixProducts;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// The images a convolution pass reads: dense rows of pixels, of which <see cref="Channels"/> neighbouring channels count, seen through a
/// frame whose row 0 and column 0 lie <see cref="Top"/> rows above and <see cref="Left"/> columns before the image (negative: inside it).
/// </summary>
internal unsafe struct ImageSource
{
    public float* Data;
    public nint Image;
    public nint Row;
    public nint Pixel;
    public int Height;
    public int Width;
    public int Channels;
    public int Top;
    public int Left;

    /// <summary>
    /// Kernel rows that the frame of one-channel images holds side by side: above 1, frame row p has for each column the pixels of all kernel
    /// rows of output row p, so that one channel still makes long runs. <see cref="Channels"/> is then this number.
    /// </summary>
    public int JoinedRows;

    /// <summary>Image rows from one frame row to the next when rows are joined.</summary>
    public int JoinedStride;

    /// <summary>True when a frame of this size lies within the image and its windows are contiguous, so that no copy is needed.</summary>
    public readonly bool CoversFrame(int frameHeight, int frameWidth, int kernelWidth)
        => JoinedRows <= 1 && Top <= 0 && Left <= 0 && frameHeight - Top <= Height && frameWidth - Left <= Width && (Pixel == Channels || kernelWidth == 1);

    /// <summary>The address of frame position (<paramref name="row"/>, 0) of an image, which may lie outside of it.</summary>
    public readonly float* Address(int image, int row) => Data + (image * Image) + ((row - Top) * Row) - (Left * Pixel);

    /// <summary>Copies frame rows, zeros outside the image, to <c>[rows, frameWidth, Channels]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void CopyBand(int image, int firstRow, int rows, int frameWidth, float* destination)
    {
        if (JoinedRows > 1)
        {
            CopyJoined(image, firstRow, rows, frameWidth, destination);
            return;
        }

        nint pitch = (nint)frameWidth * Channels;
        int begin = Math.Clamp(Left, 0, frameWidth), end = Math.Clamp(Width + Left, begin, frameWidth);
        for (int r = 0; r < rows; r++, destination += pitch)
        {
            int sourceRow = firstRow + r - Top;
            if (sourceRow < 0 || sourceRow >= Height)
            {
                Clear(destination, pitch);
                continue;
            }

            Clear(destination, (nint)begin * Channels);
            Clear(destination + ((nint)end * Channels), (nint)(frameWidth - end) * Channels);
            float* from = Data + (image * Image) + (sourceRow * Row) + ((begin - Left) * Pixel);
            float* to = destination + ((nint)begin * Channels);
            if (Pixel == Channels)
            {
                CopyRun(from, to, (nint)(end - begin) * Channels);
                continue;
            }

            for (int c = begin; c < end; c++, from += Pixel, to += Channels)
            {
                CopyRun(from, to, Channels);
            }
        }
    }

    /// <summary>Asks for the image rows behind frame rows that will be copied next, also when they are in the next image.</summary>
    public readonly void PrefetchRows(int image, int firstRow, int rows)
    {
        if (JoinedRows > 1 || Pixel != Channels)
        {
            return;
        }

        float* from = Data + (image * Image) + ((firstRow - Top) * Row);
        for (nint i = 0; i < rows * Row; i += 16)
        {
            Cache.Prefetch(from + i);
        }
    }

    private readonly void CopyJoined(int image, int firstRow, int rows, int frameWidth, float* destination)
    {
        int begin = Math.Clamp(Left, 0, frameWidth), end = Math.Clamp(Width + Left, begin, frameWidth);
        for (int r = 0; r < rows; r++, destination += (nint)frameWidth * JoinedRows)
        {
            int top = ((firstRow + r) * JoinedStride) - Top;
            int first = Math.Clamp(-top, 0, JoinedRows), last = Math.Clamp(Height - top, first, JoinedRows);
            if (begin > 0 || end < frameWidth || first > 0 || last < JoinedRows)
            {
                Clear(destination, (nint)frameWidth * JoinedRows);
            }

            float* from = Data + (image * Image) + ((top + first) * Row) + (begin - Left);
            Transposition.Copy(from, Row, last - first, end - begin, destination + ((nint)begin * JoinedRows) + first, JoinedRows);
        }
    }

    // Runs are a few pixels or a row: calls to the general routines cost as much as the copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRun(float* from, float* to, nint floats)
    {
        nint i = 0;
        for (; i + 16 <= floats; i += 16)
        {
            Vector256<float> low = Vector256.Load(from + i), high = Vector256.Load(from + i + 8);
            Vector256.Store(low, to + i);
            Vector256.Store(high, to + i + 8);
        }

        for (; i < floats; i++)
        {
            to[i] = from[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(float* p, nint floats)
    {
        nint i = 0;
        for (; i + 8 <= floats; i += 8)
        {
            Vector256.Store(Vector256<float>.Zero, p + i);
        }

        for (; i < floats; i++)
        {
            p[i] = 0;
        }
    }
}
