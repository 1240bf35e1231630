using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Plain uniform quantization with a straight-through gradient and no learned step. Weights: the rule (min-max unless the options
/// say otherwise) gives the step anew at every use. Activations: moving averages of the batch extremes, or the rule's step of the
/// first batch, or calibration.
/// </summary>
/// <remarks>
/// Krishnamoorthi 2018, arXiv:1806.08342, section 2; Jacob et al. 2018, arXiv:1712.05877, section 3. 1-bit weights: ±mean|w|
/// (XNOR-Net, arXiv:1603.05279, eq. 6).
/// </remarks>
public static class Uniform
{
    /// <summary>Name in options.</summary>
    public const string Kind = "uniform";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid, init.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels.</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options);
        bool isSign = range.Stride == 2 && range.High == 1;
        var parts = new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = range.Stride == 2 ? QuantizeOp.For<IdentityEverywhere>(range) : QuantizeOp.For<Unclipped>(range),
            Steps = new StoredStep(device, channels),
            Rule = Rules.For(options) ?? (isSign ? new MeanMagnitudeStep() : new MinMaxStep()),
        };
        return new(parts, followsWeights: true);
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, sign, init, momentum.</param>
    /// <param name="device">Where the step lives.</param>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        (CodeRange range, int zeroPoint) = Grids.Activation(options);
        StepRule? rule = Rules.For(options);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.For<Unclipped>(range),
            Steps = rule is null ? new TrackedStep(device, range, zeroPoint, options.Momentum) : new StoredStep(device, 1),
            Rule = rule ?? new MinMaxStep(),
        });
    }
}
