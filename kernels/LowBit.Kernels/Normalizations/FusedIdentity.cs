using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Normalizations;

/// <summary>y = t: nothing follows.</summary>
public readonly struct FusedIdentity : IFusedActivation
{
    /// <inheritdoc/>
    public static string Name => "identity";

    /// <inheritdoc/>
    public static bool HasStep => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => t;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V InputSlope<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
        => L.Splat(1f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slopes<L, V>(V t, V step, V low, V high, out V stepSlope)
        where L : struct, ILanes<V>
        where V : struct
    {
        stepSlope = L.Splat(0f);
        return L.Splat(1f);
    }
}
