using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// LSQ+, Bhalgat et al. 2020, arXiv:2004.09576. Activations learn a step and an offset, <c>x_hat = s·clamp(round((x − β)/s), 0, p) + β</c>, for
/// activations below zero (swish, the sum in front of a ReLU); weights are LSQ's with a first step of three standard deviations.
/// </summary>
/// <remarks>
/// β acts as the integer zero point round(−β/s), see <see cref="LearnedStepAndOffset"/>. Its first value and that of s minimise the squared error of
/// the first batch. Both gradients are multiplied by 1/√(N·High).
/// </remarks>
public static class LsqPlus
{
    /// <summary>Name in options.</summary>
    public const string Kind = "lsq+";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid, init.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels.</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options);
        bool isSign = range.Stride == 2 && range.High == 1;
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = isSign ? QuantizeOp.For<SignThrough>(range) : QuantizeOp.For<StraightThrough>(range),
            Steps = new LearnedStep(device, channels),
            Rule = Rules.For(options) ?? (isSign ? new MeanMagnitudeStep() : new ThreeSigmaStep()),
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }

    /// <summary>An activation quantizer. Signed or not decides only the zero point of a calibrated step; the first batch finds its own.</summary>
    /// <param name="options">Bits, sign.</param>
    /// <param name="device">Where step and offset live.</param>
    /// <exception cref="ArgumentException">The options name a step rule.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        Rules.RefuseInit(options, "lsq+ finds step and offset of activations together");
        (CodeRange range, int zeroPoint) = Grids.Activation(options);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.Over(range, default(InsideSlope)),
            Steps = new LearnedStepAndOffset(device, range, zeroPoint),
            Rule = new MseStep(),
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }
}
