using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// The inner loop of products: one panel of outputs, read strictly forward, times up to four rows of activations. Codes are unpacked in registers, once for
/// all rows. Instruction set, packing, depth and row count are type arguments, so the conditions below are constants and vanish.
/// </summary>
/// <remarks>
/// A panel is one 32-bit constant for each output, then its blocks.
/// </remarks>
internal static unsafe class GemvProductTile<L, V, C, D, R>
    where L : struct, IGemvLanes<V>
    where V : struct
    where C : struct, IPackedCode
    where D : struct, IGemvDepth
    where R : struct, INumber
{
    /// <summary>Computes <c>tile[r, o] = constant[o] + starts[r] + Σ code · activation</c>.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="rows">First code of the first row.</param>
    /// <param name="rowBytes">Bytes from row to row.</param>
    /// <param name="blocks">Blocks of the panel.</param>
    /// <param name="period">Blocks between two widenings when the depth is 0.</param>
    /// <param name="starts">What each row's sums start with.</param>
    /// <param name="tile">Receives the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(byte* panel, byte* rows, nint rowBytes, nint blocks, nint period, int* starts, int* tile)
    {
        V ones = L.SplatWord(1);
        V constants = L.Load(panel);
        V s0 = L.Add32(constants, L.SplatInt(starts[0])), s1 = s0, s2 = s0, s3 = s0;
        byte* x0 = rows;
        byte* x1 = rows, x2 = rows, x3 = rows;
        if (R.Value > 1)
        {
            s1 = L.Add32(constants, L.SplatInt(starts[1]));
            x1 = rows + rowBytes;
        }

        if (R.Value > 2)
        {
            s2 = L.Add32(constants, L.SplatInt(starts[2]));
            x2 = rows + (2 * rowBytes);
        }

        if (R.Value > 3)
        {
            s3 = L.Add32(constants, L.SplatInt(starts[3]));
            x3 = rows + (3 * rowBytes);
        }

        byte* block = panel + L.Bytes;
        while (blocks > 0)
        {
            V h0 = L.Zero, h1 = L.Zero, h2 = L.Zero, h3 = L.Zero;
            V g0 = L.Zero, g1 = L.Zero, g2 = L.Zero, g3 = L.Zero;
            nint n = D.IsPeriodic && period < blocks ? period : blocks;
            blocks -= n;
            do
            {
                C.Prefetch<L, V>(block + GemvStream.Ahead);
                Step(0, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                Step(1, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                Step(2, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                Step(3, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                if (C.Steps > 4)
                {
                    Step(4, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                    Step(5, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                    Step(6, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                    Step(7, block, x0, x1, x2, x3, ones, ref h0, ref h1, ref h2, ref h3, ref g0, ref g1, ref g2, ref g3, ref s0, ref s1, ref s2, ref s3);
                }

                block += C.Vectors * L.Bytes;
                x0 += 4 * C.Steps;
                if (R.Value > 1)
                {
                    x1 += 4 * C.Steps;
                }

                if (R.Value > 2)
                {
                    x2 += 4 * C.Steps;
                }

                if (R.Value > 3)
                {
                    x3 += 4 * C.Steps;
                }
            }
            while (--n > 0);

            if (D.IsPeriodic)
            {
                s0 = L.Add32(s0, L.Widen(Narrow(h0, g0), ones));
                s1 = R.Value > 1 ? L.Add32(s1, L.Widen(Narrow(h1, g1), ones)) : s1;
                s2 = R.Value > 2 ? L.Add32(s2, L.Widen(Narrow(h2, g2), ones)) : s2;
                s3 = R.Value > 3 ? L.Add32(s3, L.Widen(Narrow(h3, g3), ones)) : s3;
            }
        }

        L.Store(s0, tile);
        if (R.Value > 1)
        {
            L.Store(s1, tile + L.Count);
        }

        if (R.Value > 2)
        {
            L.Store(s2, tile + (2 * L.Count));
        }

        if (R.Value > 3)
        {
            L.Store(s3, tile + (3 * L.Count));
        }
    }

    // One step of all rows. More parameters than the house rule allows: a struct of vectors would be kept in memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        [ConstantExpected] int step, byte* block, byte* x0, byte* x1, byte* x2, byte* x3, V ones,
        ref V h0, ref V h1, ref V h2, ref V h3, ref V g0, ref V g1, ref V g2, ref V g3, ref V s0, ref V s1, ref V s2, ref V s3)
    {
        V codes = C.Unpack<L, V>(block, step);
        Row(step, codes, x0, ones, ref h0, ref g0, ref s0);
        if (R.Value > 1)
        {
            Row(step, codes, x1, ones, ref h1, ref g1, ref s1);
        }

        if (R.Value > 2)
        {
            Row(step, codes, x2, ones, ref h2, ref g2, ref s2);
        }

        if (R.Value > 3)
        {
            Row(step, codes, x3, ones, ref h3, ref g3, ref s3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row([ConstantExpected] int step, V codes, byte* x, V ones, ref V h, ref V g, ref V s)
    {
        V activations = L.Broadcast4(x + (4 * step));
        V pairs = C.IsSigned ? L.PairSums(activations, codes) : L.PairSums(codes, activations);
        if (C.IsOddScaled && step % 2 != 0)
        {
            g = L.Add16(g, pairs);
            return;
        }

        D.Add<L, V>(step, pairs, ones, ref h, ref s);
    }

    // Sums of steps whose codes came four times as large are multiples of four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Narrow(V h, V g) => C.IsOddScaled ? L.Add16(h, L.Quarter16(g)) : h;
}
