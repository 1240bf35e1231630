using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>dq/dv = 1 strictly inside low &lt; v &lt; high, else 0: straight through the rounding, nothing through the clipping.</summary>
public readonly struct InsideSlope : ISlope
{
    /// <inheritdoc/>
    public static string Name => "inside";

    /// <inheritdoc/>
    public static bool IsSoft => false;

    /// <inheritdoc/>
    public void Begin(float softness)
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (V Slope, V Change) At<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V below = L.Select(L.LessThan(v, high), L.Splat(1f), L.Splat(0f));
        return (L.Select(L.LessThan(low, v), below, L.Splat(0f)), L.Splat(0f));
    }
}
