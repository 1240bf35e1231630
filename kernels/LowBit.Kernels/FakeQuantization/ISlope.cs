using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// The slope dq/dv that an interval quantizer declares for its rounding and clipping <c>q = clamp(round(v), low, high)</c>. All other
/// gradients follow from it by the chain rule. An instance holds the method's constants; with a zero point z, codes and bounds arrive without it.
/// </summary>
public interface ISlope
{
    /// <summary>Lower-case name.</summary>
    static abstract string Name { get; }

    /// <summary>dq/dv at the real code v and the clipped code q, for the gradient <paramref name="gradient"/> that arrives at the output.</summary>
    V Slope<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;
}
