using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Dot8;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// The inner loop of 3×3 depthwise convolutions of stride two: one output row × some pixels × a vector of channels. The codes of the window's first two rows make one operand of
/// 16-bit integers, those of the third another; every second column serves two pixels. Sums are formed in 32 bits: exact for every pair of widths.
/// </summary>
/// <remarks>Weights are those of <see cref="DepthwiseThreeTile{L,V,P}"/>, of which the first two vectors of each column are read.</remarks>
internal static unsafe class DepthwiseHalvingTile<L, V, P>
    where L : struct, IDotLanes<V>
    where V : struct
    where P : struct, ITilePixels
{
    /// <summary>Computes one tile.</summary>
    /// <param name="window">Where the codes are; its fourth row is not looked at.</param>
    /// <param name="weights">Twelve vectors.</param>
    /// <param name="sums">Receives <c>[pixels][lanes]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(in DepthwiseWindow window, byte* weights, int* sums)
    {
        byte* r0 = window.Row0, r1 = window.Row1, r2 = window.Row2;
        nint column = 0, stride = window.PixelStride, vector = 4 * L.Count;
        bool isOutside = window.IsRightOutside;
        V padding = L.LoadPair(window.Padding, window.Padding);
        V w0 = L.Load(weights), w1 = L.Load(weights + vector), w2 = L.Load(weights + (4 * vector));
        V w3 = L.Load(weights + (5 * vector)), w4 = L.Load(weights + (8 * vector)), w5 = L.Load(weights + (9 * vector));
        V p = window.IsLeftOutside ? padding : L.LoadPair(r0, r1), q = window.IsLeftOutside ? padding : L.LoadBytes(r2);
        L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, P.Pixels == 1 && isOutside, padding, w0, w1, w2, w3, w4, w5), sums);
        if (P.Pixels > 1)
        {
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, P.Pixels == 2 && isOutside, padding, w0, w1, w2, w3, w4, w5), sums + L.Count);
        }

        if (P.Pixels > 2)
        {
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, false, padding, w0, w1, w2, w3, w4, w5), sums + (2 * L.Count));
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, P.Pixels == 4 && isOutside, padding, w0, w1, w2, w3, w4, w5), sums + (3 * L.Count));
        }

        if (P.Pixels > 4)
        {
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, false, padding, w0, w1, w2, w3, w4, w5), sums + (4 * L.Count));
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, false, padding, w0, w1, w2, w3, w4, w5), sums + (5 * L.Count));
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, P.Pixels == 7 && isOutside, padding, w0, w1, w2, w3, w4, w5), sums + (6 * L.Count));
        }

        if (P.Pixels > 7)
        {
            L.Store(Pixel(ref p, ref q, r0, r1, r2, ref column, stride, isOutside, padding, w0, w1, w2, w3, w4, w5), sums + (7 * L.Count));
        }
    }

    // One pixel; p and q hold its first column before, its last one after.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Pixel(
        ref V p, ref V q, byte* r0, byte* r1, byte* r2, ref nint column, nint stride, bool isOutside, V padding, V w0, V w1, V w2, V w3, V w4, V w5)
    {
        V a = L.Add32(L.WordDot(p, w0), L.WordDot(q, w1));
        column += stride;
        a = L.Add32(a, L.Add32(L.WordDot(L.LoadPair(r0 + column, r1 + column), w2), L.WordDot(L.LoadBytes(r2 + column), w3)));
        column += stride;
        p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
        q = isOutside ? padding : L.LoadBytes(r2 + column);
        return L.Add32(a, L.Add32(L.WordDot(p, w4), L.WordDot(q, w5)));
    }
}
