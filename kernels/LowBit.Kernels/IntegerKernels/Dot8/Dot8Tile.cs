using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// The inner loop: a tile of neighbouring pixels times one panel of outputs. Written once; instruction set, depth and pixel count are type
/// arguments, so the conditions below are constants to the compiler and vanish. Accumulators and weights are named locals: an array of them would live in memory.
/// </summary>
/// <remarks>
/// <c>input</c> points at the first pixel's four codes; the next pixel's four follow, so that a broadcast has a constant displacement.
/// Step k reads its codes at <c>input + offsets[k]</c> and its weights, <c>[lanes][4]</c>, one after the other.
/// </remarks>
internal static unsafe class Dot8Tile<L, V, D, P>
    where L : struct, IDotLanes<V>
    where V : struct
    where D : struct, IDotDepth
    where P : struct, ITilePixels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(byte* input, nint* offsets, nint groups, byte* weights, int* tile)
    {
        V ones = L.Ones;
        V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero;
        V c4 = L.Zero, c5 = L.Zero, c6 = L.Zero, c7 = L.Zero;
        V c8 = L.Zero, c9 = L.Zero, c10 = L.Zero, c11 = L.Zero;
        V c12 = L.Zero, c13 = L.Zero, c14 = L.Zero, c15 = L.Zero;
        for (; groups > 0; groups--)
        {
            // Only the first Depth of these exist after compilation.
            byte* a0 = input + offsets[0];
            byte* a1 = D.Depth > 1 ? input + offsets[1] : a0;
            byte* a2 = D.Depth > 2 ? input + offsets[2] : a0;
            byte* a3 = D.Depth > 3 ? input + offsets[3] : a0;
            V w0 = L.Load(weights);
            V w1 = D.Depth > 1 ? L.Load(weights + (1 * 4 * L.Count)) : w0;
            V w2 = D.Depth > 2 ? L.Load(weights + (2 * 4 * L.Count)) : w0;
            V w3 = D.Depth > 3 ? L.Load(weights + (3 * 4 * L.Count)) : w0;
            c0 = Step(c0, a0, a1, a2, a3, w0, w1, w2, w3, ones);
            if (P.Pixels > 1)
            {
                c1 = Step(c1, a0 + 4, a1 + 4, a2 + 4, a3 + 4, w0, w1, w2, w3, ones);
            }

            if (P.Pixels > 2)
            {
                c2 = Step(c2, a0 + 8, a1 + 8, a2 + 8, a3 + 8, w0, w1, w2, w3, ones);
                c3 = Step(c3, a0 + 12, a1 + 12, a2 + 12, a3 + 12, w0, w1, w2, w3, ones);
            }

            if (P.Pixels > 4)
            {
                c4 = Step(c4, a0 + 16, a1 + 16, a2 + 16, a3 + 16, w0, w1, w2, w3, ones);
                c5 = Step(c5, a0 + 20, a1 + 20, a2 + 20, a3 + 20, w0, w1, w2, w3, ones);
                c6 = Step(c6, a0 + 24, a1 + 24, a2 + 24, a3 + 24, w0, w1, w2, w3, ones);
            }

            if (P.Pixels > 7)
            {
                c7 = Step(c7, a0 + 28, a1 + 28, a2 + 28, a3 + 28, w0, w1, w2, w3, ones);
            }

            if (P.Pixels > 8)
            {
                c8 = Step(c8, a0 + 32, a1 + 32, a2 + 32, a3 + 32, w0, w1, w2, w3, ones);
                c9 = Step(c9, a0 + 36, a1 + 36, a2 + 36, a3 + 36, w0, w1, w2, w3, ones);
                c10 = Step(c10, a0 + 40, a1 + 40, a2 + 40, a3 + 40, w0, w1, w2, w3, ones);
                c11 = Step(c11, a0 + 44, a1 + 44, a2 + 44, a3 + 44, w0, w1, w2, w3, ones);
                c12 = Step(c12, a0 + 48, a1 + 48, a2 + 48, a3 + 48, w0, w1, w2, w3, ones);
                c13 = Step(c13, a0 + 52, a1 + 52, a2 + 52, a3 + 52, w0, w1, w2, w3, ones);
            }

            if (P.Pixels > 14)
            {
                c14 = Step(c14, a0 + 56, a1 + 56, a2 + 56, a3 + 56, w0, w1, w2, w3, ones);
                c15 = Step(c15, a0 + 60, a1 + 60, a2 + 60, a3 + 60, w0, w1, w2, w3, ones);
            }

            offsets += D.Depth;
            weights += D.Depth * 4 * L.Count;
        }

        L.Store(c0, tile);
        if (P.Pixels > 1)
        {
            L.Store(c1, tile + (1 * L.Count));
        }

        if (P.Pixels > 2)
        {
            L.Store(c2, tile + (2 * L.Count));
            L.Store(c3, tile + (3 * L.Count));
        }

        if (P.Pixels > 4)
        {
            L.Store(c4, tile + (4 * L.Count));
            L.Store(c5, tile + (5 * L.Count));
            L.Store(c6, tile + (6 * L.Count));
        }

        if (P.Pixels > 7)
        {
            L.Store(c7, tile + (7 * L.Count));
        }

        if (P.Pixels > 8)
        {
            L.Store(c8, tile + (8 * L.Count));
            L.Store(c9, tile + (9 * L.Count));
            L.Store(c10, tile + (10 * L.Count));
            L.Store(c11, tile + (11 * L.Count));
            L.Store(c12, tile + (12 * L.Count));
            L.Store(c13, tile + (13 * L.Count));
        }

        if (P.Pixels > 14)
        {
            L.Store(c14, tile + (14 * L.Count));
            L.Store(c15, tile + (15 * L.Count));
        }
    }

    // One pixel, Depth steps. More parameters than the house rule allows: a struct of vectors would be kept in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step(V sum, byte* a0, byte* a1, byte* a2, byte* a3, V w0, V w1, V w2, V w3, V ones)
    {
        if (D.IsWide)
        {
            return L.Add32(sum, L.WordDot(L.Broadcast(a0), w0));
        }

        V pairs = L.PairSums(L.Broadcast(a0), w0);
        if (D.Depth > 1)
        {
            pairs = L.Add16(pairs, L.PairSums(L.Broadcast(a1), w1));
        }

        if (D.Depth > 2)
        {
            pairs = L.Add16(pairs, L.PairSums(L.Broadcast(a2), w2));
            pairs = L.Add16(pairs, L.PairSums(L.Broadcast(a3), w3));
        }

        return L.Add32(sum, L.Widen(pairs, ones));
    }
}
