using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Quantization.Estimators;

/// <summary>
/// APoT's gradients in units of the step s = α/high: dy/dx = 1 everywhere, clipped or not; dy/ds = q − v inside, low or high outside, so
/// that dy/dα = Q(x/α) − x/α inside and the sign outside. Li et al. 2020, arXiv:1909.13144, equation 6.
/// </summary>
public readonly struct ReparameterizedClip : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "reparameterized_clip";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => L.Splat(1f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => StraightThrough.StepSlope<L, V>(v, q, low, high);
}
