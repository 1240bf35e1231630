using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>To the next integer below.</summary>
public readonly struct RoundDown : IRounding
{
    /// <inheritdoc/>
    public static string Name => "down";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct
        => L.Floor(v);
}
