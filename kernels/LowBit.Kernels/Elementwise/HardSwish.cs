using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = x · min(max(x + 3, 0), 6) / 6. Howard et al. 2019, arXiv:1905.02244.</summary>
public readonly struct HardSwish : IUnaryOp
{
    /// <inheritdoc/>
    public static string Name => "hard_swish";

    /// <inheritdoc/>
    public static Keeps Keeps => Keeps.Input;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
    {
        V gate = L.Min(L.Splat(6f), L.Max(L.Splat(0f), L.Add(x, L.Splat(3f))));
        return L.Divide(L.Multiply(x, gate), L.Splat(6f));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct
    {
        V middle = L.Divide(L.MultiplyAdd(L.Splat(2f), kept, L.Splat(3f)), L.Splat(6f));
        V right = L.Select(L.LessThan(kept, L.Splat(3f)), middle, L.Splat(1f));
        return L.Select(L.LessOrEqual(kept, L.Splat(-3f)), L.Splat(0f), right);
    }

    /// <inheritdoc/>
    public static double Surrogate(double x) => x * Math.Clamp(x + 3, 0, 6) / 6;
}
