using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Brings input rows into planes: plane p of a row holds step p's codes of neighbouring pixels side by side, 32 bits each, so that the inner loop
/// broadcasts them from constant displacements. Padding gets its code here, once, and the inner loop knows no borders.
/// </summary>
internal static unsafe class ActivationPacking
{
    // A constant to the compiler: LOWBIT_ISA limits these loops too.
    private static readonly bool s_use512 = CpuFeatures.Best >= Isa.Avx512;

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
        if (s_use512 && quads > 0)
        {
            for (; i + 16 <= count; i += 16)
            {
                byte* p = source;
                int* destination = planes + i;
                for (int step = 0; step < quads; step += 4)
                {
                    Transpose16<W>(p, pixelStride, destination, planeStride);
                    p += 4 * W.Codes;
                    destination += 4 * planeStride;
                }

                for (int pixel = 0; pixel < 16 && (quads < full || rest > 0); pixel++)
                {
                    Pixel<W>(p + (pixel * pixelStride), full - quads, rest, destination + pixel, planeStride);
                }

                source += 16 * pixelStride;
            }
        }

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
        // Bytes of four neighbouring windows.
        Vector128<byte> windows = (Vector128.Create(0x03020100) + (Vector128.Create(0, 1, 2, 3) * (int)(windowStride * 0x01010101))).AsByte();
        for (int j = 0; j < steps; j++)
        {
            byte* p = row + (j * W.Codes);
            int i = 0;
            if (Ssse3.IsSupported && W.Codes == 4 && windowStride <= 4)
            {
                // The last of four windows ends within sixteen bytes.
                for (; i + 4 <= count; i += 4)
                {
                    Ssse3.Shuffle(Vector128.Load(p), windows).AsInt32().Store(planes);
                    planes += 4;
                    p += 4 * windowStride;
                }
            }

            for (; i < count; i++)
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

    // Sixteen pixels × four steps: every quarter of a vector transposes four pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose16<W>(byte* p, nint pixelStride, int* destination, nint planeStride)
        where W : struct, ICodeWidth
    {
        Vector512<int> a = EveryFourth<W>(p, pixelStride), b = EveryFourth<W>(p + pixelStride, pixelStride);
        Vector512<int> c = EveryFourth<W>(p + (2 * pixelStride), pixelStride), d = EveryFourth<W>(p + (3 * pixelStride), pixelStride);
        Vector512<long> ab = Avx512F.UnpackLow(a, b).AsInt64(), cd = Avx512F.UnpackLow(c, d).AsInt64();
        Vector512<long> ab2 = Avx512F.UnpackHigh(a, b).AsInt64(), cd2 = Avx512F.UnpackHigh(c, d).AsInt64();
        Avx512F.UnpackLow(ab, cd).AsInt32().Store(destination);
        Avx512F.UnpackHigh(ab, cd).AsInt32().Store(destination + planeStride);
        Avx512F.UnpackLow(ab2, cd2).AsInt32().Store(destination + (2 * planeStride));
        Avx512F.UnpackHigh(ab2, cd2).AsInt32().Store(destination + (3 * planeStride));
    }

    // Four steps of pixels 0, 4, 8 and 12.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> EveryFourth<W>(byte* p, nint pixelStride)
        where W : struct, ICodeWidth
    {
        Vector512<int> pixels = W.FourSteps(p).ToVector256Unsafe().ToVector512Unsafe();
        pixels = Avx512F.InsertVector128(pixels, W.FourSteps(p + (4 * pixelStride)), 1);
        pixels = Avx512F.InsertVector128(pixels, W.FourSteps(p + (8 * pixelStride)), 2);
        return Avx512F.InsertVector128(pixels, W.FourSteps(p + (12 * pixelStride)), 3);
    }
}
