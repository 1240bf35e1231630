using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Normalizations;

/// <summary>y = f(t) for an element-wise function, for example <see cref="Relu"/>.</summary>
/// <typeparam name="TOp">The function with its slope.</typeparam>
public readonly struct FusedUnary<TOp> : IFusedActivation
    where TOp : struct, IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => TOp.Name;

    /// <inheritdoc/>
    public static bool HasStep => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => TOp.Value<L, V>(t);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => TOp.Slope<L, V>(TOp.Keeps == Keeps.Output ? TOp.Value<L, V>(t) : t);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slopes<L, V>(V t, V step, V low, V high, out V stepSlope)
        where L : struct, ILanes<V>
        where V : struct
    {
        stepSlope = L.Splat(0f);
        return InputSlope<L, V>(t, step, low, high);
    }
}
