using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>The smallest element; +∞ for no element. NaN elements are skipped.</summary>
public readonly struct MinValue : IReduction
{
    /// <inheritdoc/>
    public static string Name => "min_value";

    /// <inheritdoc/>
    public static float Identity => float.PositiveInfinity;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Map<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => x;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Min(b, a);

    /// <inheritdoc/>
    public static double Combine(double a, double b) => a < b ? a : b;
}
