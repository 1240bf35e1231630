using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Quantization.Transforms;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Quantization interval learning, Jung et al. 2019, arXiv:1808.05779. A learned interval, centre c and half-width d, is mapped to [0, 1] and quantized
/// there; what lies below becomes 0, what lies above is clipped. Weights keep their sign and may bend the interval by a learned exponent γ.
/// </summary>
/// <remarks>
/// Weights: <see cref="Shrink"/> before a fixed grid, gradient 1 through the rounding. Activations: <see cref="LearnedCenter"/>. The grid has a zero, so
/// weights have 2 bits or more. First intervals start at zero and end where the squared error is least; <see cref="QuantizerOptions.Init"/> chooses another rule.
/// </remarks>
public static class Qil
{
    /// <summary>Name in options.</summary>
    public const string Kind = "qil";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits (2 or more), init, γ.</param>
    /// <param name="device">Where the intervals live.</param>
    /// <param name="channels">Number of intervals: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">The grid is not the narrow one, or there is one bit.</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options, WeightGrid.Narrow);
        if (options.Bits == 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Bits, "qil weights have 2 bits or more because small ones become zero, got 1; use lsq, ewgs or dorefa for signs");
        }

        StepRule rule = Rules.For(options) ?? new MseStep();
        var parts = new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.For<IdentityEverywhere>(range),
            Steps = new StoredStep(device, channels),
            Rule = rule,
        };
        return new(parts, new Shrink(device, channels, range, rule, options));
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, init.</param>
    /// <param name="device">Where the interval lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Unsigned(options);
        StepRule rule = Rules.For(options) ?? new MseStep();
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.Over(range, default(InsideSlope)),
            Steps = new LearnedCenter(device, range, rule),
            Rule = rule,
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }
}
