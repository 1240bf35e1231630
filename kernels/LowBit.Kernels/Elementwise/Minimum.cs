using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = min(a, b), b when either is NaN; where both are equal the gradient goes to b.</summary>
public readonly struct Minimum : IBinaryOp
{
    /// <inheritdoc/>
    public static string Name => "minimum";

    /// <inheritdoc/>
    public static bool KeepsInputs => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Min(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessThan(a, b), L.Splat(1f), L.Splat(0f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessThan(a, b), L.Splat(0f), L.Splat(1f));

    /// <inheritdoc/>
    public static double Exact(double a, double b) => a < b ? a : b;
}
