using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>dy/dx = 1 for low ≤ v ≤ high, else 0, and no gradient of the step: the estimator of quantizers whose step is not learned.
/// Hubara et al. 2018, arXiv:1609.07061, section 2.3.</summary>
public readonly struct IdentityInside : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "identity_inside";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V below = L.Select(L.LessOrEqual(v, high), L.Splat(1f), L.Splat(0f));
        return L.Select(L.LessOrEqual(low, v), below, L.Splat(0f));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(0f);
}
