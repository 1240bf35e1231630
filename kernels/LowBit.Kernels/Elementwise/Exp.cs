using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = e^x; slope y.</summary>
public readonly struct Exp : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "exp";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Output;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => LaneMath.Exp<L, V>(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => kept;

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Exp(x);
}
