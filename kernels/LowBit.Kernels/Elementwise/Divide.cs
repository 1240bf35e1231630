using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = a / b, element by element, correctly rounded.</summary>
public readonly struct Divide : IBinaryOp
{
    /// <inheritdoc/>
    public static string Name => "divide";

    /// <inheritdoc/>
    public static bool KeepsInputs => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Divide(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Divide(L.Splat(1f), b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Divide(L.Multiply(L.Splat(-1f), L.Divide(a, b)), b);

    /// <inheritdoc/>
    public static double Exact(double a, double b) => a / b;
}
