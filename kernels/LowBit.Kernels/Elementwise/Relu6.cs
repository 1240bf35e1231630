using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = min(max(x, 0), 6); the slope is 1 strictly between. Howard et al. 2017, arXiv:1704.04861.</summary>
public readonly struct Relu6 : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "relu6";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Output;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Min(L.Splat(6f), L.Max(L.Splat(0f), x));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
    {
        V one = L.Select(L.LessThan(L.Splat(0f), kept), L.Splat(1f), L.Splat(0f));
        return L.Select(L.LessThan(kept, L.Splat(6f)), one, L.Splat(0f));
    }

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Clamp(x, 0, 6);
}
