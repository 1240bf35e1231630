using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>The 1-bit grid: +1 for v ≥ 0, else −1 (NaN gives −1). Courbariaux et al. 2016, arXiv:1602.02830, equation 1.</summary>
public readonly struct RoundBipolar : IRounding
{
    /// <inheritdoc/>
    public static string Name => "bipolar";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessOrEqual(L.Splat(0f), v), L.Splat(1f), L.Splat(-1f));
}
