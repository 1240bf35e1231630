using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Parameterised clipping activation, Choi et al. 2018, arXiv:1805.06085: <c>y = clip(x, 0, α)</c> on 2^b levels. <c>dy/dx</c> = 1 for
/// 0 ≤ x &lt; α, else 0; <c>dy/dα</c> = 1 for x ≥ α, else 0; penalty <c>λ/2·α²</c> on the clipping level.
/// </summary>
/// <remarks>The paper's weights are DoReFa's; so are those of this method.</remarks>
public static class Pact
{
    /// <summary>Name in options.</summary>
    public const string Kind = "pact";

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, first α, λ.</param>
    /// <param name="device">Where α lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes, a first α that is not positive, or a negative λ.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Signed)
        {
            throw new ArgumentException("pact clips activations to 0..α and has no signed form; use lsq or uniform for signed activations", nameof(options));
        }

        if (!(options.ClipPenalty >= 0 && float.IsFinite(options.ClipPenalty)))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.ClipPenalty, $"pact's penalty factor is 0 or more, got {options.ClipPenalty}");
        }

        CodeRange range = CodeRange.Unsigned(options.Bits);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.For<PactEstimator>(range),
            Steps = new LearnedClip(device, range.High),
            Rule = Rules.For(options) ?? new ConstantStep(options.ClipStart),
            PenaltyFactor = options.ClipPenalty,
        });
    }

    /// <summary>A weight quantizer: DoReFa's.</summary>
    /// <param name="options">Bits, grid.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels.</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels) => DoReFa.Weight(options, device, channels);
}
