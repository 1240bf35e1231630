using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = max(x, 0); NaN stays NaN. The slope at 0 is 0.</summary>
public readonly struct Relu : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "relu";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Output;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Max(L.Splat(0f), x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessThan(L.Splat(0f), kept), L.Splat(1f), L.Splat(0f));

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Max(x, 0);
}
