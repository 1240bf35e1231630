using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>The natural logarithm; slope 1/x.</summary>
public readonly struct Log : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "log";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => LaneMath.Log<L, V>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => L.Divide(L.Splat(1f), kept);

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Log(x);
}
