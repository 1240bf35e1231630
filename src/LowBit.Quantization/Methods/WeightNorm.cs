using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Quantization.Transforms;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Weight normalisation with a learned clipping level on a uniform grid: Li et al. 2020, arXiv:1909.13144, sections 2.3 and 2.4, with uniform levels, as
/// GradFreeBits (arXiv:2102.09298) quantizes. Weights <c>[out, …]</c>: <c>ŵ = (w − μ)/(σ + ε)</c>, <c>y = α·round(H·clip(ŵ/α, −1, 1))/H</c> with
/// H = 2^(b−1) − 1; activations from 0 up: the same with H = 2^b − 1 and no normalisation.
/// </summary>
/// <remarks>
/// <c>dα</c> = Σ g·(Q(u) − u inside, sign(u) outside) with u = x/α (equation 6 there), times LSQ's 1/√(N·H) unless turned off. Weights: the gradient passes the
/// clip, and μ and σ are constants of the backward pass, as in the authors' code; both are options. Activations get a gradient inside the clip only. The first
/// α is that of least squared error.
/// </remarks>
public static class WeightNorm
{
    /// <summary>Name in options.</summary>
    public const string Kind = "weightnorm";

    /// <summary>With <c>Init = "constant"</c>: the first α of weights, in standard deviations, as in the authors' code.</summary>
    public const float WeightClipStart = 3;

    private const string Constant = "constant";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, widths, init, gradients of statistics and clipped weights.</param>
    /// <param name="device">Where the levels α live.</param>
    /// <param name="channels">Number of levels α: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">The options ask for 1 bit or another grid than the narrow one.</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(Widths.Of(options, own => WeightParts(own, device, channels)), new Standardize(options.DetachStatistics));
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, widths, init.</param>
    /// <param name="device">Where α lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(Widths.Of(options, own => ActivationParts(own, device)));
    }

    private static QuantizerParts WeightParts(QuantizerOptions options, Device device, int channels)
    {
        CodeRange range = Grids.Weight(options, WeightGrid.Narrow);
        if (options.Bits == 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Bits, $"{Kind} weights have 2 to 8 bits, got 1: a symmetric grid with zero has no level left at 1 bit; use 2 bits or lsq");
        }

        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = options.MaskWeightGradient ? QuantizeOp.For<StraightThrough>(range) : QuantizeOp.For<ReparameterizedClip>(range),
            Steps = new LearnedClip(device, range.High, channels),
            Rule = RuleFor(options, WeightClipStart),
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }

    private static QuantizerParts ActivationParts(QuantizerOptions options, Device device)
    {
        CodeRange range = Grids.Unsigned(options);
        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.For<StraightThrough>(range),
            Steps = new LearnedClip(device, range.High),
            Rule = RuleFor(options, options.ClipStart),
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }

    private static StepRule RuleFor(QuantizerOptions options, float constant) =>
        options.Init == Constant ? new ConstantStep(constant) : Rules.For(options) ?? new MseStep();
}
