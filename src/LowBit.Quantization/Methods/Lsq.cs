using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Learned step size, Esser et al. 2020, arXiv:1902.08153: <c>dy/ds = round(v) − v</c> inside the range and the clipping code
/// outside, <c>dy/dx</c> = 1 strictly inside; the step's gradient is multiplied by <c>g = 1/√(N·Qp)</c>.
/// </summary>
/// <remarks>
/// N is the number of weights that share a step (all of the layer, or those of one output channel), and for activations the
/// number of features of one sample. First step <c>2·mean|x|/√Qp</c>. 1-bit weights: codes ±1 by sign, Qp = 1, first step mean|w|,
/// gradients of <see cref="SignThrough"/>.
/// </remarks>
public static class Lsq
{
    /// <summary>Name in options.</summary>
    public const string Kind = "lsq";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, widths, grid, init.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels.</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(Widths.Of(options, own => WeightParts(own, device, channels)));
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, widths, sign, init.</param>
    /// <param name="device">Where the step lives.</param>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(Widths.Of(options, own => ActivationParts(own, device)));
    }

    private static QuantizerParts WeightParts(QuantizerOptions options, Device device, int channels)
    {
        CodeRange range = Grids.Weight(options);
        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = range.Stride == 2 && range.High == 1 ? QuantizeOp.For<SignThrough>(range) : QuantizeOp.For<StraightThrough>(range),
            Steps = new LearnedStep(device, channels),
            Rule = Rules.For(options) ?? new LsqStep(),
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }

    private static QuantizerParts ActivationParts(QuantizerOptions options, Device device)
    {
        (CodeRange range, int zeroPoint) = Grids.Activation(options);
        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.For<StraightThrough>(range),
            Steps = new LearnedStep(device, 1),
            Rule = Rules.For(options) ?? new LsqStep(),
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }
}
