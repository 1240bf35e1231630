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

    /// <summary>True when the slope has a softness α, a number of each channel that may be learned.</summary>
    static abstract bool IsSoft { get; }

    /// <summary>Takes the softness of a channel; called on a copy, in front of the channel's elements.</summary>
    /// <param name="softness">α; 0 for slopes without one.</param>
    void Begin(float softness);

    /// <summary>dq/dv at the real code v and the clipped code q, for the gradient <paramref name="gradient"/> that arrives at the output; and dq/dα, 0 for slopes that are not soft.</summary>
    (V Slope, V Change) At<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct;
}
