using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Normalizations;

/// <summary>y = s·clamp(round(t/s), low, high) with one step, the bounds without the zero point; the same float operations as a quantizer of its own.</summary>
/// <typeparam name="TRounding">Real code to code.</typeparam>
/// <typeparam name="TEstimator">The declared gradients.</typeparam>
public readonly struct FusedQuantizer<TRounding, TEstimator> : IFusedActivation
    where TRounding : struct, IRounding
    where TEstimator : struct, IEstimator
{
    /// <inheritdoc/>
    public static string Name => $"quantize({TRounding.Name}, {TEstimator.Name})";

    /// <inheritdoc/>
    public static bool HasStep => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Multiply(step, FakeQuantMath.Clip<TRounding, L, V>(L.Divide(t, step), low, high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V v = L.Divide(t, step);
        return TEstimator.InputSlope<L, V>(v, FakeQuantMath.Clip<TRounding, L, V>(v, low, high), low, high);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slopes<L, V>(V t, V step, V low, V high, out V stepSlope)
        where L : struct, ILanes<V>
        where V : struct
    {
        V v = L.Divide(t, step);
        V q = FakeQuantMath.Clip<TRounding, L, V>(v, low, high);
        stepSlope = TEstimator.StepSlope<L, V>(v, q, low, high);
        return TEstimator.InputSlope<L, V>(v, q, low, high);
    }
}
