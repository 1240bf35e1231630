using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = |x|; the slope is the sign, 0 at 0.</summary>
public readonly struct Abs : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "abs";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Abs(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
    {
        V positive = L.Select(L.LessThan(L.Splat(0f), kept), L.Splat(1f), L.Splat(0f));
        return L.Select(L.LessThan(kept, L.Splat(0f)), L.Splat(-1f), positive);
    }

    /// <inheritdoc/>
    public static double Surrogate(double x) => Math.Abs(x);
}
