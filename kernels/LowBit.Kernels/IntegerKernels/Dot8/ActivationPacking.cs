using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Brings input rows into planes: plane p of a row holds step p's codes of neighbouring pixels side by side, four bytes each, so that the inner loop
/// broadcasts them from constant displacements. Padding gets its code here, once, and the inner loop knows no borders.
/// </summary>
internal static unsafe class ActivationPacking
{
    /// <summary>Copies <paramref name="count"/> pixels into planes.</summary>
    /// <param name="source">First code of the first pixel.</param>
    /// <param name="pixelStride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels.</param>
    /// <param name="channels">Codes of a pixel to take.</param>
    /// <param name="wide">True for 16-bit codes, two to a step.</param>
    /// <param name="planes">First step of the first plane.</param>
    /// <param name="planeStride">Steps from the plane of one channel step to that of the next.</param>
    public static void Pixels(byte* source, nint pixelStride, int count, int channels, bool wide, int* planes, nint planeStride)
    {
        int codes = wide ? 2 : 4, full = channels / codes, quads = full / 4 * 4, i = 0;
        if (Sse41.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
            {
                byte* p = source + (i * pixelStride);
                int* destination = planes + i;
                for (int step = 0; step < quads; step += 4)
                {
                    Transpose(p + (step * codes), pixelStride, wide, destination + (step * planeStride), planeStride);
                }

                for (int j = 0; j < 4; j++)
                {
                    Pixel(p + (j * pixelStride), quads, channels, wide, destination + j, planeStride);
                }
            }
        }

        for (; i < count; i++)
        {
            Pixel(source + (i * pixelStride), 0, channels, wide, planes + i, planeStride);
        }
    }

    /// <summary>Copies overlapping windows of one padded row of bytes into planes: step j of window i starts at byte <c>i·windowStride + j·codes</c>.</summary>
    /// <param name="row">The padded row, readable for a step past the last window.</param>
    /// <param name="windowStride">Bytes from window to window.</param>
    /// <param name="count">Windows.</param>
    /// <param name="steps">Steps of a window.</param>
    /// <param name="wide">True for 16-bit codes, two to a step.</param>
    /// <param name="planes">First step of the first plane; planes hold <paramref name="count"/> steps.</param>
    public static void Windows(byte* row, nint windowStride, int count, int steps, bool wide, int* planes)
    {
        for (int j = 0; j < steps; j++)
        {
            byte* p = row + (j * (wide ? 2 : 4));
            int* plane = planes + ((nint)j * count);
            for (int i = 0; i < count; i++)
            {
                plane[i] = wide ? p[0] | (p[1] << 16) : Unsafe.ReadUnaligned<int>(p);
                p += windowStride;
            }
        }
    }

    // Steps from `first` on of one pixel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel(byte* p, int first, int channels, bool wide, int* destination, nint planeStride)
    {
        int codes = wide ? 2 : 4, full = channels / codes;
        for (int step = first; step < full; step++)
        {
            byte* q = p + (step * codes);
            destination[step * planeStride] = wide ? q[0] | (q[1] << 16) : Unsafe.ReadUnaligned<int>(q);
        }

        // Codes that do not exist meet zero weights; zero keeps the vector free of what was there before.
        int rest = channels - (full * codes);
        if (rest > 0)
        {
            byte* q = p + (full * codes);
            int word = q[0];
            word |= rest > 1 ? q[1] << 8 : 0;
            word |= rest > 2 ? q[2] << 16 : 0;
            destination[full * planeStride] = word;
        }
    }

    // Four pixels × four steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte* p, nint pixelStride, bool wide, int* destination, nint planeStride)
    {
        Vector128<int> a = LoadSteps(p, wide), b = LoadSteps(p + pixelStride, wide);
        Vector128<int> c = LoadSteps(p + (2 * pixelStride), wide), d = LoadSteps(p + (3 * pixelStride), wide);
        Vector128<long> ab = Sse2.UnpackLow(a, b).AsInt64(), cd = Sse2.UnpackLow(c, d).AsInt64();
        Vector128<long> ab2 = Sse2.UnpackHigh(a, b).AsInt64(), cd2 = Sse2.UnpackHigh(c, d).AsInt64();
        Sse2.UnpackLow(ab, cd).AsInt32().Store(destination);
        Sse2.UnpackHigh(ab, cd).AsInt32().Store(destination + planeStride);
        Sse2.UnpackLow(ab2, cd2).AsInt32().Store(destination + (2 * planeStride));
        Sse2.UnpackHigh(ab2, cd2).AsInt32().Store(destination + (3 * planeStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> LoadSteps(byte* p, bool wide)
        => wide ? Sse41.ConvertToVector128Int16(p).AsInt32() : Vector128.Load((int*)p);
}
