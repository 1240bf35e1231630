using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Quantization.Roundings;

/// <summary>
/// The nearest odd integer, <c>2·⌊v/2⌋ + 1</c>; an even v, half way, goes up. Mid-rise grids have their levels there: example
/// 0.3 → 1, −0.3 → −1, 1.9 → 1, 2 → 3.
/// </summary>
public readonly struct RoundOdd : IRounding
{
    /// <inheritdoc/>
    public static string Name => "round_odd";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct => L.MultiplyAdd(L.Splat(2), L.Floor(L.Multiply(v, L.Splat(0.5f))), L.Splat(1));
}
