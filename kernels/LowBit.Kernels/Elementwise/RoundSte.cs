using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>Round to nearest, ties to even, with the gradient of the identity. Bengio et al. 2013, arXiv:1308.3432.</summary>
public readonly struct RoundSte : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "round_ste";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Nothing;

    /// <inheritdoc/>
    public static bool IsStraightThrough => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.RoundHalfEven(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(1f);

    /// <inheritdoc/>
    public static double Surrogate(double x) => x;
}
