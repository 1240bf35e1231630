using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>The loop nest of all sums over rows: four vectors of columns at a time, rows inside.</summary>
internal static unsafe class ColumnSums
{
    /// <summary>Sums one block into <paramref name="first"/> and <paramref name="second"/>, <c>Width</c> floats each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block<TSums, L, V>(in TSums sums, in FoldedColumns columns, int block, float* first, float* second)
        where TSums : struct, IColumnSums
        where L : struct, ILanes<V>
        where V : struct
    {
        TSums s = sums;
        nuint begin = columns.Begin(block), end = columns.End(block);
        nuint width = (nuint)columns.Width, n = (nuint)L.Count;
        nuint fullEnd = begin + ((end - begin) / width * width);
        nuint c = 0;
        for (; c + (4 * n) <= width; c += 4 * n)
        {
            Four<TSums, L, V>(s, begin, fullEnd, width, c, first, second);
        }

        for (; c + n <= width; c += n)
        {
            One<TSums, L, V>(s, begin, fullEnd, width, c, first, second);
        }

        for (; c < width; c++)
        {
            One<TSums, LanesScalar, float>(s, begin, fullEnd, width, c, first, second);
        }

        // The last, shorter wide row.
        for (nuint i = fullEnd; i < end; i++)
        {
            first[i - fullEnd] = s.First<LanesScalar, float>(i, i - fullEnd, first[i - fullEnd]);
            if (TSums.HasSecond)
            {
                second[i - fullEnd] = s.Second<LanesScalar, float>(i, i - fullEnd, second[i - fullEnd]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four<TSums, L, V>(TSums s, nuint begin, nuint end, nuint width, nuint c, float* first, float* second)
        where TSums : struct, IColumnSums
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count;
        V a0 = L.Splat(0f), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (nuint i = begin + c; i < end; i += width)
        {
            a0 = s.First<L, V>(i, c, a0);
            a1 = s.First<L, V>(i + n, c + n, a1);
            a2 = s.First<L, V>(i + (2 * n), c + (2 * n), a2);
            a3 = s.First<L, V>(i + (3 * n), c + (3 * n), a3);
            if (TSums.HasSecond)
            {
                b0 = s.Second<L, V>(i, c, b0);
                b1 = s.Second<L, V>(i + n, c + n, b1);
                b2 = s.Second<L, V>(i + (2 * n), c + (2 * n), b2);
                b3 = s.Second<L, V>(i + (3 * n), c + (3 * n), b3);
            }
        }

        L.Store(a0, ref *first, c);
        L.Store(a1, ref *first, c + n);
        L.Store(a2, ref *first, c + (2 * n));
        L.Store(a3, ref *first, c + (3 * n));
        if (TSums.HasSecond)
        {
            L.Store(b0, ref *second, c);
            L.Store(b1, ref *second, c + n);
            L.Store(b2, ref *second, c + (2 * n));
            L.Store(b3, ref *second, c + (3 * n));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TSums, L, V>(TSums s, nuint begin, nuint end, nuint width, nuint c, float* first, float* second)
        where TSums : struct, IColumnSums
        where L : struct, ILanes<V>
        where V : struct
    {
        V a = L.Splat(0f), b = a;
        for (nuint i = begin + c; i < end; i += width)
        {
            a = s.First<L, V>(i, c, a);
            if (TSums.HasSecond)
            {
                b = s.Second<L, V>(i, c, b);
            }
        }

        L.Store(a, ref *first, c);
        if (TSums.HasSecond)
        {
            L.Store(b, ref *second, c);
        }
    }
}
