using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// The inner loop: a tile of neighbouring pixels times one panel of outputs. Written once; instruction set, kind of sums, pixel count and vectors of the panel
/// are type arguments, so the conditions below are constants to the compiler and vanish. Accumulators and weights are named locals: an array of them
/// would live in memory. References to them go into inlined methods only, which leaves them in registers.
/// </summary>
/// <remarks>
/// Computes neighbouring tiles one after the other. Pixel p's codes of a run lie at <c>input + p·pixelBytes + run.Offset</c>, one step after the other. Weights, <c>[step][vectors][lanes][4]</c>, are read forward. Sums go
/// to <c>tile</c>, <c>[pixels][vectors][lanes]</c>; repeated sums are widened at the ends that the runs tell and added there.
/// </remarks>
internal static unsafe class Dot8Tile<L, V, D, P, N>
    where L : struct, IDotLanes<V>
    where V : struct
    where D : struct, IDotSums
    where P : struct, ITilePixels
    where N : struct, ITileVectors
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(byte* input, nint pixelBytes, Dot8Run* runs, byte* panel, int* tile, nint tiles)
    {
        int turn = Dot8Pixels<L, V, D, N>.Steps;
        nint one = pixelBytes, two = 2 * one, three = 3 * one, four = 4 * one, pixel = N.Count * L.Count, stepBytes = 4 * pixel, end;
        do
        {
            Dot8Run* run = runs;
            byte* weights = panel;
            Clear(tile);
            do
            {
                V ones = L.Ones;
                V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero, c4 = L.Zero, c5 = L.Zero, c6 = L.Zero, c7 = L.Zero;
                V c8 = L.Zero, c9 = L.Zero, c10 = L.Zero, c11 = L.Zero, c12 = L.Zero, c13 = L.Zero, c14 = L.Zero, c15 = L.Zero;
                V d0 = L.Zero, d1 = L.Zero, d2 = L.Zero, d3 = L.Zero, d4 = L.Zero, d5 = L.Zero, d6 = L.Zero, d7 = L.Zero;
                do
                {
                    byte* a = input + run->Offset;
                    for (nint steps = run->Steps; steps > 0; steps -= turn)
                    {
                        Next(weights, out V w0, out V v0);
                        V w1 = w0, w2 = w0, w3 = w0, v1 = v0, v2 = v0, v3 = v0;
                        if (turn > 1)
                        {
                            Next(weights + stepBytes, out w1, out v1);
                        }

                        if (turn > 2)
                        {
                            Next(weights + (2 * stepBytes), out w2, out v2);
                            Next(weights + (3 * stepBytes), out w3, out v3);
                        }

                        weights += turn * stepBytes;
                        byte* b = a;
                        if (P.Pixels >= 4)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                4, ref c0, ref c1, ref c2, ref c3, ref d0, ref d1, ref d2, ref d3, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                            b += four;
                        }

                        if (P.Pixels >= 8)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                4, ref c4, ref c5, ref c6, ref c7, ref d4, ref d5, ref d6, ref d7, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                            b += four;
                        }

                        if (P.Pixels >= 12)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                4, ref c8, ref c9, ref c10, ref c11, ref d0, ref d1, ref d2, ref d3, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                            b += four;
                        }

                        if (P.Pixels >= 16)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                4, ref c12, ref c13, ref c14, ref c15, ref d4, ref d5, ref d6, ref d7, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                        }

                        if ((P.Pixels & 2) != 0)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                2, ref c14, ref c15, ref c14, ref c15, ref d6, ref d7, ref d6, ref d7, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                            b += two;
                        }

                        if ((P.Pixels & 1) != 0)
                        {
                            Dot8Pixels<L, V, D, N>.Turn(
                                1, ref c13, ref c13, ref c13, ref c13, ref d5, ref d5, ref d5, ref d5, b, one, two, three, w0, w1, w2, w3, v0, v1, v2, v3, ones);
                        }

                        a += 4 * turn;
                    }

                    end = run->End;
                    run++;
                }
                while (end == 0);

                if (P.Pixels >= 4)
                {
                    Save(c0, d0, tile, ones);
                    Save(c1, d1, tile + (1 * pixel), ones);
                    Save(c2, d2, tile + (2 * pixel), ones);
                    Save(c3, d3, tile + (3 * pixel), ones);
                }

                if (P.Pixels >= 8)
                {
                    Save(c4, d4, tile + (4 * pixel), ones);
                    Save(c5, d5, tile + (5 * pixel), ones);
                    Save(c6, d6, tile + (6 * pixel), ones);
                    Save(c7, d7, tile + (7 * pixel), ones);
                }

                if (P.Pixels >= 12)
                {
                    Save(c8, d0, tile + (8 * pixel), ones);
                    Save(c9, d1, tile + (9 * pixel), ones);
                    Save(c10, d2, tile + (10 * pixel), ones);
                    Save(c11, d3, tile + (11 * pixel), ones);
                }

                if (P.Pixels >= 16)
                {
                    Save(c12, d4, tile + (12 * pixel), ones);
                    Save(c13, d5, tile + (13 * pixel), ones);
                    Save(c14, d6, tile + (14 * pixel), ones);
                    Save(c15, d7, tile + (15 * pixel), ones);
                }

                if ((P.Pixels & 2) != 0)
                {
                    Save(c14, d6, tile + ((P.Pixels & ~3) * pixel), ones);
                    Save(c15, d7, tile + (((P.Pixels & ~3) + 1) * pixel), ones);
                }

                if ((P.Pixels & 1) != 0)
                {
                    Save(c13, d5, tile + ((P.Pixels - 1) * pixel), ones);
                }
            }
            while (D.IsRepeated && end == 1);

            input += P.Pixels * one;
            tile += P.Pixels * pixel;
        }
        while (--tiles > 0);
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
    private static void Next(byte* weights, out V w, out V v)
    {
        w = L.Load(weights);
        v = N.Count > 1 ? L.Load(weights + (4 * L.Count)) : w;
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
