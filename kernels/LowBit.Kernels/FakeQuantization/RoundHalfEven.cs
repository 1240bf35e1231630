using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>To the nearest integer, ties to even: the rule of every ordinary quantizer.</summary>
public readonly struct RoundHalfEven : IRounding
{
    /// <inheritdoc/>
    public static string Name => "half_even";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct
        => L.RoundHalfEven(v);
}
