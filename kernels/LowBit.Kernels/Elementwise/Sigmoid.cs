using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = 1 / (1 + e^−x); slope y·(1 − y).</summary>
public readonly struct Sigmoid : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "sigmoid";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Output;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => LaneMath.Sigmoid<L, V>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => L.Multiply(kept, L.Subtract(L.Splat(1f), kept));

    /// <inheritdoc/>
    public static double Surrogate(double x) => 1 / (1 + Math.Exp(-x));
}
