using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>SiLU, y = x · sigmoid(x). Elfwing et al. 2018, arXiv:1702.03118.</summary>
public readonly struct Silu : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "silu";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Multiply(x, LaneMath.Sigmoid<L, V>(x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
    {
        V s = LaneMath.Sigmoid<L, V>(kept);
        return L.Multiply(s, L.MultiplyAdd(kept, L.Subtract(L.Splat(1f), s), L.Splat(1f)));
    }

    /// <inheritdoc/>
    public static double Surrogate(double x) => x / (1 + Math.Exp(-x));
}
