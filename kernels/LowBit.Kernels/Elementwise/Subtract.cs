using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = a − b.</summary>
public readonly struct Subtract : IBinaryOp
{
    /// <inheritdoc/>
    public static string Name => "subtract";

    /// <inheritdoc/>
    public static bool KeepsInputs => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Subtract(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(1f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(-1f);

    /// <inheritdoc/>
    public static double Exact(double a, double b) => a - b;
}
