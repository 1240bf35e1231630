using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Quantization.Estimators;

/// <summary>
/// dy/dx = 1 where the code was rounded and not clipped, that is |v − q| ≤ ½, else 0; dy/ds = 0. The largest weight of a min-max
/// quantizer sits on the highest level and keeps its gradient, which a strict comparison with the range would lose to the last bit of a division.
/// </summary>
public readonly struct Unclipped : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "unclipped";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => L.Select(L.LessOrEqual(L.Abs(L.Subtract(v, q)), L.Splat(0.5f)), L.Splat(1), L.Splat(0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => L.Splat(0);
}
