using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;
using LowBit.Quantization.Transforms;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Zhou et al. 2016, arXiv:1606.06160. Weights: <c>t = tanh(w)/max|tanh(w)|</c> on a fixed grid in [−1, 1], gradient through the
/// rounding 1 and through tanh exact; 1 bit: <c>sign(w)·mean|w|</c>. Activations: <c>clip(x, 0, 1)</c> on 2^b levels.
/// </summary>
/// <remarks>
/// The paper's grid has 2^b levels without zero: <see cref="WeightGrid.Odd"/>, whose codes need b + 1 stored bits. The default here is
/// the narrow grid with zero, 2^b − 1 levels, which the integer engine stores in b bits.
/// </remarks>
public static class DoReFa
{
    /// <summary>Name in options.</summary>
    public const string Kind = "dorefa";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels (1 bit only differs: a mean per channel).</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        Rules.RefuseInit(options, $"{options.Method} divides weights by the largest |tanh w|");
        CodeRange range = Grids.Weight(options);
        if (range.Stride == 2 && range.High == 1)
        {
            return new(
                new QuantizerParts
                {
                    Kind = Kind,
                    Range = range,
                    Op = QuantizeOp.For<IdentityEverywhere>(range),
                    Steps = new StoredStep(device, channels),
                    Rule = new MeanMagnitudeStep(),
                },
                followsWeights: true);
        }

        return new(
            new QuantizerParts
            {
                Kind = Kind,
                Range = range,
                Op = QuantizeOp.For<IdentityEverywhere>(range),
                Steps = new FixedStep(device, channels, 1f / range.High),
                Rule = new ConstantStep(1),
            },
            new TanhNormalize());
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits.</param>
    /// <param name="device">Where the step lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        Rules.RefuseInit(options, "dorefa clips activations to 0..1");
        if (options.Signed)
        {
            throw new ArgumentException("dorefa clips activations to 0..1 and has no signed form; use lsq or uniform for signed activations", nameof(options));
        }

        CodeRange range = CodeRange.Unsigned(options.Bits);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.For<IdentityInside>(range),
            Steps = new FixedStep(device, 1, 1f / range.High),
            Rule = new ConstantStep(1),
        });
    }
}
