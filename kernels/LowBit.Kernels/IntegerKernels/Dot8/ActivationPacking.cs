using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Brings input rows into planes: plane p of a row holds step p's codes of neighbouring pixels side by side, 32 bits each, so that the inner loop
/// broadcasts them from constant displacements. Padding gets its code here, once, and the inner loop knows no borders.
/// </summary>
internal static unsafe class ActivationPacking
{
    /// <summary>Copies <paramref name="count"/> pixels into planes.</summary>
    /// <param name="source">First code of the first pixel.</param>
    /// <param name="pixelStride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels.</param>
    /// <param name="channels">Codes of a pixel to take.</param>
    /// <param name="planes">First step of the first plane.</param>
    /// <param name="planeStride">Steps from the plane of one channel step to that of the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pixels<W>(byte* source, nint pixelStride, int count, int channels, int* planes, nint planeStride)
        where W : struct, ICodeWidth
    {
        int full = channels / W.Codes, rest = channels - (full * W.Codes), quads = full / 4 * 4, i = 0;
        if (Sse41.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
            {
                byte* p = source;
                int* destination = planes + i;
                for (int step = 0; step < quads; step += 4)
                {
                    Transpose<W>(p, pixelStride, destination, planeStride);
                    p += 4 * W.Codes;
                    destination += 4 * planeStride;
                }

                if (quads < full || rest > 0)
                {
                    Pixel<W>(p, full - quads, rest, destination, planeStride);
                    Pixel<W>(p + pixelStride, full - quads, rest, destination + 1, planeStride);
                    Pixel<W>(p + (2 * pixelStride), full - quads, rest, destination + 2, planeStride);
                    Pixel<W>(p + (3 * pixelStride), full - quads, rest, destination + 3, planeStride);
                }

                source += 4 * pixelStride;
            }
        }

        for (; i < count; i++)
        {
            Pixel<W>(source, full, rest, planes + i, planeStride);
            source += pixelStride;
        }
    }

    /// <summary>Copies overlapping windows of one padded row of bytes into planes: step j of window i starts at byte <c>i·windowStride + j·codes</c>.</summary>
    /// <param name="row">The padded row, readable for a step past the last window.</param>
    /// <param name="windowStride">Bytes from window to window.</param>
    /// <param name="count">Windows.</param>
    /// <param name="steps">Steps of a window.</param>
    /// <param name="planes">First step of the first plane; planes hold <paramref name="count"/> steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Windows<W>(byte* row, nint windowStride, int count, int steps, int* planes)
        where W : struct, ICodeWidth
    {
        for (int j = 0; j < steps; j++)
        {
            byte* p = row + (j * W.Codes);
            for (int i = 0; i < count; i++)
            {
                *planes++ = W.Step(p);
                p += windowStride;
            }
        }
    }

    // `full` whole steps of one pixel and one of `rest` codes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pixel<W>(byte* p, int full, int rest, int* destination, nint planeStride)
        where W : struct, ICodeWidth
    {
        for (; full > 0; full--)
        {
            *destination = W.Step(p);
            destination += planeStride;
            p += W.Codes;
        }

        // Codes that do not exist meet zero weights; zero keeps them from being what lay there before.
        if (rest > 0)
        {
            int codes = p[0];
            codes |= rest > 1 ? p[1] << 8 : 0;
            codes |= rest > 2 ? p[2] << 16 : 0;
            *destination = codes;
        }
    }

    // Four pixels × four steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose<W>(byte* p, nint pixelStride, int* destination, nint planeStride)
        where W : struct, ICodeWidth
    {
        Vector128<int> a = W.FourSteps(p), b = W.FourSteps(p + pixelStride);
        Vector128<int> c = W.FourSteps(p + (2 * pixelStride)), d = W.FourSteps(p + (3 * pixelStride));
        Vector128<long> ab = Sse2.UnpackLow(a, b).AsInt64(), cd = Sse2.UnpackLow(c, d).AsInt64();
        Vector128<long> ab2 = Sse2.UnpackHigh(a, b).AsInt64(), cd2 = Sse2.UnpackHigh(c, d).AsInt64();
        Sse2.UnpackLow(ab, cd).AsInt32().Store(destination);
        Sse2.UnpackHigh(ab, cd).AsInt32().Store(destination + planeStride);
        Sse2.UnpackLow(ab2, cd2).AsInt32().Store(destination + (2 * planeStride));
        Sse2.UnpackHigh(ab2, cd2).AsInt32().Store(destination + (3 * planeStride));
    }
}
