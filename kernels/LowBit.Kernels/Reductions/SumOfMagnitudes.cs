using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>Σ |x|; 0 for no element.</summary>
public readonly struct SumOfMagnitudes : IReduction
{
    /// <inheritdoc/>
    public static string Name => "sum_of_magnitudes";

    /// <inheritdoc/>
    public static float Identity => 0f;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Map<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Abs(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Add(a, b);

    /// <inheritdoc/>
    public static double Combine(double a, double b) => a + b;
}
