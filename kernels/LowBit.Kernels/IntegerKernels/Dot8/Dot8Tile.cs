using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// The inner loop: a tile of neighbouring pixels times one panel of outputs. Written once; instruction set, kind of sums, pixel count and vectors of the panel
/// are type arguments, so the conditions below are constants to the compiler and vanish. Accumulators and weights are named locals: an array of them
/// would live in memory. References to them go into inlined methods only, which leaves them in registers.
/// </summary>
/// <remarks>
/// <c>input</c> points at the first pixel's four codes; the next pixel's four follow, so that a broadcast has a constant displacement.
/// Step k reads its codes at <c>input + offsets[k]</c> and its weights, <c>[vectors][lanes][4]</c>, one after the other. Sums go to <c>tile</c>,
/// <c>[pixels][vectors][lanes]</c>. Repeated sums are widened after <c>depth</c> steps each and added to the tile.
/// </remarks>
internal static unsafe class Dot8Tile<L, V, D, P, N>
    where L : struct, IDotLanes<V>
    where V : struct
    where D : struct, IDotSums
    where P : struct, ITilePixels
    where N : struct, ITileVectors
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(byte* input, nint* offsets, nint steps, nint depth, byte* weights, int* tile)
    {
        nint pixel = N.Count * L.Count;
        Clear(tile);
        do
        {
            V ones = L.Ones;
            V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero, c4 = L.Zero, c5 = L.Zero, c6 = L.Zero, c7 = L.Zero;
            V c8 = L.Zero, c9 = L.Zero, c10 = L.Zero, c11 = L.Zero, c12 = L.Zero, c13 = L.Zero, c14 = L.Zero, c15 = L.Zero;
            V d0 = L.Zero, d1 = L.Zero, d2 = L.Zero, d3 = L.Zero, d4 = L.Zero, d5 = L.Zero, d6 = L.Zero, d7 = L.Zero;
            V d8 = L.Zero, d9 = L.Zero, d10 = L.Zero, d11 = L.Zero, d12 = L.Zero, d13 = L.Zero, d14 = L.Zero, d15 = L.Zero;
            nint now = D.IsRepeated ? nint.Min(steps, depth) : steps;
            steps -= now;
            if (D.IsDelayed)
            {
                // The first step has nothing to be added to.
                byte* a = input + *offsets++;
                Next(ref weights, out V w, out V v);
                Start(ref c0, ref d0, a, w, v);
                if (P.Pixels > 1)
                {
                    Start(ref c1, ref d1, a + 4, w, v);
                }

                if (P.Pixels > 2)
                {
                    Start(ref c2, ref d2, a + 8, w, v);
                    Start(ref c3, ref d3, a + 12, w, v);
                }

                if (P.Pixels > 4)
                {
                    Start(ref c4, ref d4, a + 16, w, v);
                    Start(ref c5, ref d5, a + 20, w, v);
                    Start(ref c6, ref d6, a + 24, w, v);
                }

                if (P.Pixels > 7)
                {
                    Start(ref c7, ref d7, a + 28, w, v);
                }

                if (P.Pixels > 8)
                {
                    Start(ref c8, ref d8, a + 32, w, v);
                    Start(ref c9, ref d9, a + 36, w, v);
                    Start(ref c10, ref d10, a + 40, w, v);
                    Start(ref c11, ref d11, a + 44, w, v);
                }

                if (P.Pixels > 12)
                {
                    Start(ref c12, ref d12, a + 48, w, v);
                    Start(ref c13, ref d13, a + 52, w, v);
                }

                if (P.Pixels > 14)
                {
                    Start(ref c14, ref d14, a + 56, w, v);
                    Start(ref c15, ref d15, a + 60, w, v);
                }
            }

            for (now -= D.IsDelayed ? 1 : 0; now > 0; now--)
            {
                byte* a = input + *offsets++;
                Next(ref weights, out V w, out V v);
                Add(ref c0, ref d0, a, w, v, ones);
                if (P.Pixels > 1)
                {
                    Add(ref c1, ref d1, a + 4, w, v, ones);
                }

                if (P.Pixels > 2)
                {
                    Add(ref c2, ref d2, a + 8, w, v, ones);
                    Add(ref c3, ref d3, a + 12, w, v, ones);
                }

                if (P.Pixels > 4)
                {
                    Add(ref c4, ref d4, a + 16, w, v, ones);
                    Add(ref c5, ref d5, a + 20, w, v, ones);
                    Add(ref c6, ref d6, a + 24, w, v, ones);
                }

                if (P.Pixels > 7)
                {
                    Add(ref c7, ref d7, a + 28, w, v, ones);
                }

                if (P.Pixels > 8)
                {
                    Add(ref c8, ref d8, a + 32, w, v, ones);
                    Add(ref c9, ref d9, a + 36, w, v, ones);
                    Add(ref c10, ref d10, a + 40, w, v, ones);
                    Add(ref c11, ref d11, a + 44, w, v, ones);
                }

                if (P.Pixels > 12)
                {
                    Add(ref c12, ref d12, a + 48, w, v, ones);
                    Add(ref c13, ref d13, a + 52, w, v, ones);
                }

                if (P.Pixels > 14)
                {
                    Add(ref c14, ref d14, a + 56, w, v, ones);
                    Add(ref c15, ref d15, a + 60, w, v, ones);
                }
            }

            Save(c0, d0, tile, ones);
            if (P.Pixels > 1)
            {
                Save(c1, d1, tile + (1 * pixel), ones);
            }

            if (P.Pixels > 2)
            {
                Save(c2, d2, tile + (2 * pixel), ones);
                Save(c3, d3, tile + (3 * pixel), ones);
            }

            if (P.Pixels > 4)
            {
                Save(c4, d4, tile + (4 * pixel), ones);
                Save(c5, d5, tile + (5 * pixel), ones);
                Save(c6, d6, tile + (6 * pixel), ones);
            }

            if (P.Pixels > 7)
            {
                Save(c7, d7, tile + (7 * pixel), ones);
            }

            if (P.Pixels > 8)
            {
                Save(c8, d8, tile + (8 * pixel), ones);
                Save(c9, d9, tile + (9 * pixel), ones);
                Save(c10, d10, tile + (10 * pixel), ones);
                Save(c11, d11, tile + (11 * pixel), ones);
            }

            if (P.Pixels > 12)
            {
                Save(c12, d12, tile + (12 * pixel), ones);
                Save(c13, d13, tile + (13 * pixel), ones);
            }

            if (P.Pixels > 14)
            {
                Save(c14, d14, tile + (14 * pixel), ones);
                Save(c15, d15, tile + (15 * pixel), ones);
            }
        }
        while (D.IsRepeated && steps > 0);
    }

    // Sums that are widened several times are added to what the tile holds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear(int* tile)
    {
        for (nint i = 0; D.IsRepeated && i < P.Pixels * N.Count * L.Count; i += L.Count)
        {
            L.Store(L.Zero, tile + i);
        }
    }

    // The weights of a step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Next(ref byte* weights, out V w, out V v)
    {
        w = L.Load(weights);
        v = N.Count > 1 ? L.Load(weights + (4 * L.Count)) : w;
        weights += N.Count * 4 * L.Count;
    }

    // The first step of one pixel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(ref V c, ref V d, byte* codes, V w, V v)
    {
        V a = L.Broadcast(codes);
        c = L.PairSums(a, w);
        if (N.Count > 1)
        {
            d = L.PairSums(a, v);
        }
    }

    // One step of one pixel.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref V c, ref V d, byte* codes, V w, V v, V ones)
    {
        V a = L.Broadcast(codes);
        c = Add(c, a, w, ones);
        if (N.Count > 1)
        {
            d = Add(d, a, v, ones);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Add(V sum, V a, V w, V ones)
    {
        if (D.IsWide)
        {
            return L.Add32(sum, L.WordDot(a, w));
        }

        return D.IsDelayed ? L.Add16(sum, L.PairSums(a, w)) : L.AddDot(sum, a, w, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Save(V c, V d, int* sums, V ones)
    {
        Save(c, sums, ones);
        if (N.Count > 1)
        {
            Save(d, sums + L.Count, ones);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Save(V c, int* sums, V ones)
    {
        V sum = D.IsDelayed ? L.Widen(c, ones) : c;
        L.Store(D.IsRepeated ? L.Add32(L.Load((byte*)sums), sum) : sum, sums);
    }
}
