using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>PACT's estimator in units of the step s = α/high: dy/dx = 1 for low ≤ v &lt; high, else 0; dy/ds = high for v ≥ high, else 0
/// (dy/dα is 1 there). Choi et al. 2018, arXiv:1805.06085, section 3.</summary>
public readonly struct PactEstimator : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "pact";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V below = L.Select(L.LessThan(v, high), L.Splat(1f), L.Splat(0f));
        return L.Select(L.LessOrEqual(low, v), below, L.Splat(0f));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessOrEqual(high, v), high, L.Splat(0f));
}
