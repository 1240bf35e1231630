using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = a · b, element by element.</summary>
public readonly struct Multiply : IBinaryOp
{
    /// <inheritdoc/>
    public static string Name => "multiply";

    /// <inheritdoc/>
    public static bool KeepsInputs => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Multiply(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => a;

    /// <inheritdoc/>
    public static double Exact(double a, double b) => a * b;
}
