using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Normalizations;

/// <summary>
/// What follows a batch normalisation in the same pass: an element-wise function of t = bn(x) (+ a shortcut) that may have one learned
/// step, written once for all vector widths. Backward passes compute t again instead of keeping the function's input.
/// </summary>
public interface IFusedActivation
{
    /// <summary>Lower-case name in messages and profiles.</summary>
    static abstract string Name { get; }

    /// <summary>True when the function has a step, whose gradient is summed over all elements.</summary>
    static abstract bool HasStep { get; }

    /// <summary>y = f(t).</summary>
    static abstract V Value<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/dt as declared.</summary>
    static abstract V InputSlope<L, V>(V t, V step, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/dt and, where there is a step s, dy/ds as declared.</summary>
    static abstract V Slopes<L, V>(V t, V step, V low, V high, out V stepSlope)
        where L : struct, ILanes<V>
        where V : struct;
}
