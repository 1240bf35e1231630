using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Dot8;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// The inner loop of 3×3 depthwise convolutions of stride one: two output rows × some pixels × a vector of channels. The codes of two input rows make one
/// operand of 16-bit integers, which serves three output pixels of both rows, so that loading and widening cost a fraction of the products. Sums are
/// formed in 32 bits: exact for every pair of widths.
/// </summary>
/// <remarks>
/// Weights are <c>[kx][4][lane][2]</c> 16-bit integers: for the upper output row on input rows 0, 1 and 2, 3: (w0, w1), (w2, 0); for the lower one (0, w0), (w1, w2).
/// </remarks>
internal static unsafe class DepthwiseThreeTile<L, V, P>
    where L : struct, IDotLanes<V>
    where V : struct
    where P : struct, ITilePixels
{
    /// <summary>Computes one tile.</summary>
    /// <param name="window">Where the codes are.</param>
    /// <param name="weights">Twelve vectors.</param>
    /// <param name="upper">Receives <c>[pixels][lanes]</c>.</param>
    /// <param name="lower">Receives <c>[pixels][lanes]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(in DepthwiseWindow window, byte* weights, int* upper, int* lower)
    {
        byte* r0 = window.Row0, r1 = window.Row1, r2 = window.Row2, r3 = window.Row3;
        nint column = 0, stride = window.PixelStride, vector = 4 * L.Count;
        bool isOutside;
        V padding = L.LoadPair(window.Padding, window.Padding);
        V w0 = L.Load(weights), w1 = L.Load(weights + vector), w2 = L.Load(weights + (2 * vector)), w3 = L.Load(weights + (3 * vector));
        V w4 = L.Load(weights + (4 * vector)), w5 = L.Load(weights + (5 * vector)), w6 = L.Load(weights + (6 * vector)), w7 = L.Load(weights + (7 * vector));
        V w8 = L.Load(weights + (8 * vector)), w9 = L.Load(weights + (9 * vector)), w10 = L.Load(weights + (10 * vector)), w11 = L.Load(weights + (11 * vector));
        // Column by column; pixels past the tile's are never stored, so the compiler drops them.
        V a0 = L.Zero, a1 = L.Zero, a2 = L.Zero, a3 = L.Zero, a4 = L.Zero, a5 = L.Zero, a6 = L.Zero, a7 = L.Zero;
        V b0 = L.Zero, b1 = L.Zero, b2 = L.Zero, b3 = L.Zero, b4 = L.Zero, b5 = L.Zero, b6 = L.Zero, b7 = L.Zero;

        V p = window.IsLeftOutside ? padding : L.LoadPair(r0, r1), q = window.IsLeftOutside ? padding : L.LoadPair(r2, r3);
        Start(ref a0, ref b0, p, q, w0, w1, w2, w3);
        column += stride;
        p = L.LoadPair(r0 + column, r1 + column);
        q = L.LoadPair(r2 + column, r3 + column);
        Start(ref a1, ref b1, p, q, w0, w1, w2, w3);
        Add(ref a0, ref b0, p, q, w4, w5, w6, w7);
        column += stride;
        isOutside = P.Pixels == 1 && window.IsRightOutside;
        p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
        q = isOutside ? padding : L.LoadPair(r2 + column, r3 + column);
        Start(ref a2, ref b2, p, q, w0, w1, w2, w3);
        Add(ref a1, ref b1, p, q, w4, w5, w6, w7);
        Add(ref a0, ref b0, p, q, w8, w9, w10, w11);
        column += stride;

        if (P.Pixels > 1)
        {
            isOutside = P.Pixels == 2 && window.IsRightOutside;
            p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
            q = isOutside ? padding : L.LoadPair(r2 + column, r3 + column);
            Start(ref a3, ref b3, p, q, w0, w1, w2, w3);
            Add(ref a2, ref b2, p, q, w4, w5, w6, w7);
            Add(ref a1, ref b1, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 2)
        {
            p = L.LoadPair(r0 + column, r1 + column);
            q = L.LoadPair(r2 + column, r3 + column);
            Start(ref a4, ref b4, p, q, w0, w1, w2, w3);
            Add(ref a3, ref b3, p, q, w4, w5, w6, w7);
            Add(ref a2, ref b2, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 3)
        {
            isOutside = P.Pixels == 4 && window.IsRightOutside;
            p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
            q = isOutside ? padding : L.LoadPair(r2 + column, r3 + column);
            Start(ref a5, ref b5, p, q, w0, w1, w2, w3);
            Add(ref a4, ref b4, p, q, w4, w5, w6, w7);
            Add(ref a3, ref b3, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 4)
        {
            p = L.LoadPair(r0 + column, r1 + column);
            q = L.LoadPair(r2 + column, r3 + column);
            Start(ref a6, ref b6, p, q, w0, w1, w2, w3);
            Add(ref a5, ref b5, p, q, w4, w5, w6, w7);
            Add(ref a4, ref b4, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 5)
        {
            p = L.LoadPair(r0 + column, r1 + column);
            q = L.LoadPair(r2 + column, r3 + column);
            Start(ref a7, ref b7, p, q, w0, w1, w2, w3);
            Add(ref a6, ref b6, p, q, w4, w5, w6, w7);
            Add(ref a5, ref b5, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 6)
        {
            isOutside = P.Pixels == 7 && window.IsRightOutside;
            p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
            q = isOutside ? padding : L.LoadPair(r2 + column, r3 + column);
            Add(ref a7, ref b7, p, q, w4, w5, w6, w7);
            Add(ref a6, ref b6, p, q, w8, w9, w10, w11);
            column += stride;
        }

        if (P.Pixels > 7)
        {
            isOutside = P.Pixels == 8 && window.IsRightOutside;
            p = isOutside ? padding : L.LoadPair(r0 + column, r1 + column);
            q = isOutside ? padding : L.LoadPair(r2 + column, r3 + column);
            Add(ref a7, ref b7, p, q, w8, w9, w10, w11);
        }

        L.Store(a0, upper);
        L.Store(b0, lower);
        if (P.Pixels > 1)
        {
            L.Store(a1, upper + L.Count);
            L.Store(b1, lower + L.Count);
        }

        if (P.Pixels > 2)
        {
            L.Store(a2, upper + (2 * L.Count));
            L.Store(b2, lower + (2 * L.Count));
            L.Store(a3, upper + (3 * L.Count));
            L.Store(b3, lower + (3 * L.Count));
        }

        if (P.Pixels > 4)
        {
            L.Store(a4, upper + (4 * L.Count));
            L.Store(b4, lower + (4 * L.Count));
            L.Store(a5, upper + (5 * L.Count));
            L.Store(b5, lower + (5 * L.Count));
            L.Store(a6, upper + (6 * L.Count));
            L.Store(b6, lower + (6 * L.Count));
        }

        if (P.Pixels > 7)
        {
            L.Store(a7, upper + (7 * L.Count));
            L.Store(b7, lower + (7 * L.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(ref V a, ref V b, V p, V q, V aw, V ax, V bw, V bx)
    {
        a = L.Add32(L.WordDot(p, aw), L.WordDot(q, ax));
        b = L.Add32(L.WordDot(p, bw), L.WordDot(q, bx));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref V a, ref V b, V p, V q, V aw, V ax, V bw, V bx)
    {
        a = L.Add32(L.Add32(a, L.WordDot(p, aw)), L.WordDot(q, ax));
        b = L.Add32(L.Add32(b, L.WordDot(p, bw)), L.WordDot(q, bx));
    }
}
