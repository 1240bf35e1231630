using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Quantization.Transforms;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Additive powers of two, Li et al. 2020, arXiv:1909.13144. Weights are standardised, divided by a learned clipping level α, and go to the nearest
/// level <c>±α·(sum of powers of two)</c>; gradients of <see cref="ReparameterizedClip"/>. Activations: a learned clipping level with the same
/// reparameterized gradient on a uniform grid.
/// </summary>
/// <remarks>
/// Levels are exported as integers over the grid's common denominator, so that the engine multiplies them like any codes; they need more stored
/// bits than the width (<see cref="CodeRange.PowerSums"/>). 8 bits, the width of first and last layers, are uniform as in the authors' code: min-max steps
/// on the weights as they are; 1 and 7 bits do not exist. The paper has the levels of activations in powers of two as well; here they are uniform, because an
/// integer epilogue makes neighbouring codes.
/// </remarks>
public static class Apot
{
    /// <summary>Name in options.</summary>
    public const string Kind = "apot";

    /// <summary>The first α of weights, in standard deviations.</summary>
    public const float WeightClipStart = 3;

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits.</param>
    /// <param name="device">Where the levels α live.</param>
    /// <param name="channels">Number of levels α: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">There is no such grid, or the options name a step rule for it.</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ = Grids.Weight(options, WeightGrid.Narrow);
        if (options.Bits == BitWidth.Largest)
        {
            return Uniform.Weight(options, device, channels);
        }

        Rules.RefuseInit(options, "apot starts the clipping level of weights at 3 standard deviations");
        CodeRange range = CodeRange.PowerSums(options.Bits);
        var parts = new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.Powers<ReparameterizedClip>(range),
            Steps = new LearnedClip(device, range.High, channels),
            Rule = new ConstantStep(WeightClipStart),
            ScaleStepGradient = options.ScaleStepGradient,
        };
        return new(parts, new Standardize());
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, first α, init.</param>
    /// <param name="device">Where α lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Unsigned(options);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.For<StraightThrough>(range),
            Steps = new LearnedClip(device, range.High),
            Rule = Rules.For(options) ?? new ConstantStep(options.ClipStart),
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }
}
