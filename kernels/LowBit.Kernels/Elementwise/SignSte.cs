using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = +1 for x ≥ 0, else −1, with the gradient of clamp(x, −1, 1). Courbariaux et al. 2016, arXiv:1602.02830, equation 4.</summary>
public readonly struct SignSte : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "sign_ste";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Input;

    /// <inheritdoc/>
    public static bool IsStraightThrough => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessOrEqual(L.Splat(0f), x), L.Splat(1f), L.Splat(-1f));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessOrEqual(L.Abs(kept), L.Splat(1f)), L.Splat(1f), L.Splat(0f));

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Clamp(x, -1, 1);
}
