using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Losses;

/// <summary>Sums and maxima of one row, in the fixed order of the vector width.</summary>
internal static unsafe class RowMath
{
    /// <summary>The largest element of a row of at least one; NaN elements are skipped unless all are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest<L, V>(float* x, nuint columns)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count, c = 0;
        V best = L.Splat(x[0]);
        for (; c + n <= columns; c += n)
        {
            best = L.Max(L.Load(ref *x, c), best);
        }

        float largest = L.Largest(best);
        for (; c < columns; c++)
        {
            largest = LanesScalar.Max(x[c], largest);
        }

        return largest;
    }

    /// <summary>Σ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum<L, V>(float* x, nuint columns)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count, c = 0;
        V sums = L.Splat(0f);
        for (; c + n <= columns; c += n)
        {
            sums = L.Add(sums, L.Load(ref *x, c));
        }

        float sum = L.Sum(sums);
        for (; c < columns; c++)
        {
            sum += x[c];
        }

        return sum;
    }
}
