using System.Runtime.InteropServices;

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

    /// <summary>True when a frame of this size lies within the image and its windows are contiguous, so that no copy is needed.</summary>
    public readonly bool CoversFrame(int frameHeight, int frameWidth, int kernelWidth)
        => Top <= 0 && Left <= 0 && frameHeight - Top <= Height && frameWidth - Left <= Width && (Pixel == Channels || kernelWidth == 1);

    /// <summary>The address of frame position (<paramref name="row"/>, 0) of an image; only meaningful when the frame is covered.</summary>
    public readonly float* Address(int image, int row) => Data + (image * Image) + ((row - Top) * Row) - (Left * Pixel);

    /// <summary>Copies frame rows, zeros outside the image, to <c>[rows, frameWidth, Channels]</c>.</summary>
    public readonly void CopyBand(int image, int firstRow, int rows, int frameWidth, float* destination)
    {
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
                NativeMemory.Copy(from, to, (nuint)((nint)(end - begin) * Channels * sizeof(float)));
                continue;
            }

            for (int c = begin; c < end; c++, from += Pixel, to += Channels)
            {
                new ReadOnlySpan<float>(from, Channels).CopyTo(new Span<float>(to, Channels));
            }
        }
    }

    private static void Clear(float* p, nint floats) => NativeMemory.Clear(p, (nuint)(floats * sizeof(float)));
}
