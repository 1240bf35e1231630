using System.Runtime.CompilerServices;
using LowBit.Kernels.MatrixProducts;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Counters of one pixel and panel as a tile leaves them, a vector each: bits of one, two, four, eight and sixteen, and bytes that count by thirty-two. They are
/// added up in a loop of their own, whose turns do not wait for one another as the turns of a tile would.
/// </summary>
internal static unsafe class BitplaneCounters
{
    /// <summary>Vectors of a pixel.</summary>
    public const int Vectors = 6;

    private const int Line = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<L, V>(byte* to, V ones, V twos, V fours, V eights, V sixteens, V counts)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        L.Store(ones, to);
        L.Store(twos, to + L.Bytes);
        L.Store(fours, to + (2 * L.Bytes));
        L.Store(eights, to + (3 * L.Bytes));
        L.Store(sixteens, to + (4 * L.Bytes));
        L.Store(counts, to + (5 * L.Bytes));
    }

    /// <summary>Adds the counters up: <c>sums = start + total</c>, in words.</summary>
    /// <param name="counters">Counters <c>[pixel][6]</c>.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="sums">Sums <c>[pixel][output]</c>.</param>
    /// <param name="corrections">What is subtracted from the sums of each output when they are begun, or null when they are continued.</param>
    /// <param name="next">What is read next.</param>
    /// <param name="nextBytes">Bytes of it to ask for.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void AddUp<L, V>(byte* counters, nint pixels, byte* sums, byte* corrections, byte* next, nint nextBytes)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        V lower = L.Zero, upper = L.Zero;
        if (corrections != null)
        {
            lower = L.SubtractWords(lower, L.Load(corrections));
            upper = L.SubtractWords(upper, L.Load(corrections + L.Bytes));
        }

        nint share = ((nextBytes / Line) + pixels - 1) / pixels * Line;
        for (; pixels > 0; pixels--)
        {
            for (nint i = 0; i < share; i += Line)
            {
                Cache.Prefetch((float*)(next + i));
            }

            next += share;
            V low = L.AddBytes(L.CountBits(L.Load(counters), 0), L.CountBits(L.Load(counters + L.Bytes), 1));
            low = L.AddBytes(low, L.AddBytes(L.CountBits(L.Load(counters + (2 * L.Bytes)), 2), L.CountBits(L.Load(counters + (3 * L.Bytes)), 3)));
            low = L.AddBytes(low, L.CountBits(L.Load(counters + (4 * L.Bytes)), 4));
            V counts = L.Load(counters + (5 * L.Bytes)), start = lower, startUpper = upper;
            if (corrections == null)
            {
                start = L.Load(sums);
                startUpper = L.Load(sums + L.Bytes);
            }

            L.Store(L.AddWords(start, L.LowerWords(low, counts)), sums);
            L.Store(L.AddWords(startUpper, L.UpperWords(low, counts)), sums + L.Bytes);
            counters += Vectors * L.Bytes;
            sums += 2 * L.Bytes;
        }
    }
}
