using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// The inner loop of look-ups: each nibble of the weights picks one of sixteen partial sums of a row's activations. Sums stay in bytes, then in 16 bits,
/// as long as they fit. Vectors of a panel take turns in the stream, so that they share the tables.
/// </summary>
internal static unsafe class GemvTableTile<L, V, T>
    where L : struct, IGemvLanes<V>
    where V : struct
    where T : struct, INumber
{
    /// <summary>Adds the entries that one panel picks to its sums.</summary>
    /// <param name="panel">Blocks <c>[blocks][vectors]</c>: low nibbles pick from the block's first table, high ones from its second.</param>
    /// <param name="tables">Tables <c>[2 · blocks][16]</c>.</param>
    /// <param name="blocks">Blocks, 1 or more.</param>
    /// <param name="period">Blocks whose entries are added in bytes.</param>
    /// <param name="words">Sums of bytes that are added in 16 bits.</param>
    /// <param name="sums">The sums <c>[vectors][even bytes, then odd bytes]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(byte* panel, byte* tables, nint blocks, nint period, nint words, int* sums)
    {
        V mask = L.SplatByte(15);
        while (blocks > 0)
        {
            // The odd bytes' sums, and those of whole 16-bit lanes, which are even + 256·odd modulo 2¹⁶.
            V odd0 = L.Zero, odd1 = L.Zero, odd2 = L.Zero, odd3 = L.Zero;
            V both0 = L.Zero, both1 = L.Zero, both2 = L.Zero, both3 = L.Zero;
            nint w = words;
            do
            {
                V c0 = L.Zero, c1 = L.Zero, c2 = L.Zero, c3 = L.Zero;
                nint n = period < blocks ? period : blocks;
                blocks -= n;
                do
                {
                    V t0 = L.Broadcast16(tables), t1 = L.Broadcast16(tables + 16);
                    L.Prefetch(panel + GemvStream.Ahead);
                    c0 = Block(c0, panel, t0, t1, mask);
                    if (T.Value > 1)
                    {
                        L.Prefetch(panel + GemvStream.Ahead + L.Bytes);
                        c1 = Block(c1, panel + L.Bytes, t0, t1, mask);
                    }

                    if (T.Value > 2)
                    {
                        L.Prefetch(panel + GemvStream.Ahead + (2 * L.Bytes));
                        c2 = Block(c2, panel + (2 * L.Bytes), t0, t1, mask);
                    }

                    if (T.Value > 3)
                    {
                        L.Prefetch(panel + GemvStream.Ahead + (3 * L.Bytes));
                        c3 = Block(c3, panel + (3 * L.Bytes), t0, t1, mask);
                    }

                    panel += T.Value * L.Bytes;
                    tables += 32;
                }
                while (--n > 0);

                Widen(c0, ref odd0, ref both0);
                if (T.Value > 1)
                {
                    Widen(c1, ref odd1, ref both1);
                }

                if (T.Value > 2)
                {
                    Widen(c2, ref odd2, ref both2);
                }

                if (T.Value > 3)
                {
                    Widen(c3, ref odd3, ref both3);
                }
            }
            while (--w > 0 && blocks > 0);

            Flush(odd0, both0, sums);
            if (T.Value > 1)
            {
                Flush(odd1, both1, sums + L.Bytes);
            }

            if (T.Value > 2)
            {
                Flush(odd2, both2, sums + (2 * L.Bytes));
            }

            if (T.Value > 3)
            {
                Flush(odd3, both3, sums + (3 * L.Bytes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Block(V sum, byte* weights, V t0, V t1, V mask)
    {
        V indices = L.Load(weights);
        sum = L.Add8(sum, L.Shuffle(t0, L.And(indices, mask)));
        return L.Add8(sum, L.Shuffle(t1, L.And(L.ShiftRight(indices, 4), mask)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(V bytes, ref V odd, ref V both)
    {
        odd = L.Add16(odd, L.ShiftRight(bytes, 8));
        both = L.Add16(both, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Flush(V odd, V both, int* sums)
    {
        L.Accumulate(L.Subtract16(both, L.ShiftLeft(odd, 8)), sums);
        L.Accumulate(odd, sums + (2 * L.Count));
    }
}
