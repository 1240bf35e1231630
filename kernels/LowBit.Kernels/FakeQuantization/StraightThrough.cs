using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>LSQ's estimator: dy/dx = 1 strictly inside low &lt; v &lt; high, else 0; dy/ds = q − v inside, low or high outside.
/// Esser et al. 2020, arXiv:1902.08153, equations 2 and 3.</summary>
public readonly struct StraightThrough : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "straight_through";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V below = L.Select(L.LessThan(v, high), L.Splat(1f), L.Splat(0f));
        return L.Select(L.LessThan(low, v), below, L.Splat(0f));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V inside = L.Select(L.LessThan(v, high), L.Subtract(q, v), high);
        return L.Select(L.LessOrEqual(v, low), low, inside);
    }
}
