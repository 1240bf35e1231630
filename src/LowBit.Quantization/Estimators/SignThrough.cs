using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Quantization.Estimators;

/// <summary>
/// Gradient of <c>y = s·sign(x)</c>: dy/dx = 1 everywhere (the straight-through estimator of BinaryConnect, arXiv:1511.00363, without
/// its window) and dy/ds = q, the exact derivative.
/// </summary>
/// <remarks>
/// A window |x| &lt; s, as LSQ has for more bits, would freeze every weight above the mean magnitude: at 1 bit that is about two
/// weights of five.
/// </remarks>
public readonly struct SignThrough : IEstimator
{
    /// <inheritdoc/>
    public static string Name => "sign_through";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => L.Splat(1);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct => q;
}
