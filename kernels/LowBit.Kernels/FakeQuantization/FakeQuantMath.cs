using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>The code of a real code, with the zero point already taken off the bounds: rounding and the zero point commute because it is an integer.</summary>
internal static class FakeQuantMath
{
    /// <summary>clamp(round(v), low, high); NaN stays NaN with roundings that keep it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Clip<TRounding, L, V>(V v, V low, V high)
        where TRounding : struct, IRounding
        where L : struct, ILanes<V>
        where V : struct
        => L.Min(high, L.Max(low, TRounding.Round<L, V>(v)));
}
