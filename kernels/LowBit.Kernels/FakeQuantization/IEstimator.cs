using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// The gradient that a quantizer declares for <c>y = s · (clamp(round(x/s) , low, high))</c>: a part of every quantizer,
/// apart from the formula, because a straight-through gradient is deliberately not its derivative. With a zero point z, codes and
/// bounds arrive without it: q − z, low − z, high − z.
/// </summary>
public interface IEstimator
{
    /// <summary>Lower-case name.</summary>
    static abstract string Name { get; }

    /// <summary>dy/dx at the real code v = x/s, rounded code q (already clipped).</summary>
    static abstract V InputSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/ds at the real code v = x/s, rounded code q (already clipped).</summary>
    static abstract V StepSlope<L, V>(V v, V q, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;
}
