using System.Runtime.CompilerServices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;

namespace LowBit.Quantization.Roundings;

/// <summary>The nearest sum of powers of two of a grid, sign apart; half way between two, the smaller magnitude. Example with 4 bits: 4.9 → 4, 5.1 → 6.</summary>
/// <typeparam name="TSums">The grid.</typeparam>
public readonly struct RoundPowers<TSums> : IRounding
    where TSums : struct, IPowerSums
{
    /// <inheritdoc/>
    public static string Name => "powers";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct
    {
        V magnitude = L.Abs(v);
        V zero = L.Splat(0f);
        V q = zero;
        ReadOnlySpan<float> sums = TSums.Magnitudes;
        for (int k = 1; k < sums.Length; k++)
        {
            q = L.Select(L.LessThan(L.Splat((sums[k - 1] + sums[k]) * 0.5f), magnitude), L.Splat(sums[k]), q);
        }

        return L.Select(L.LessThan(v, zero), L.Subtract(zero, q), q);
    }
}
