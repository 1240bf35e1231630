using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>dy/dx = 1 everywhere, clipped or not, and no gradient of the step. Bengio et al. 2013, arXiv:1308.3432, section 4.</summary>
public readonly struct IdentityEverywhere : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "identity_everywhere";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(1f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(0f);
}
