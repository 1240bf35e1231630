using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Differentiable soft quantization, Gong et al. 2019, arXiv:1908.05033. Values are the levels of a uniform grid over a learned range; gradients are
/// those of tanh steps between the levels, <see cref="DsqSlope"/>: largest half way between two levels, smallest on them.
/// </summary>
/// <remarks>
/// The upper bound is learned and zero stays a level, see <see cref="LearnedBound"/>: the lower bound is 0 behind a ReLU and the mirrored one for
/// weights. The softness α starts at <see cref="QuantizerOptions.DsqAlpha"/> and is learned, or stays (<see cref="QuantizerOptions.LearnAlpha"/>), as in
/// MQBench. The first bound is that of least squared error.
/// </remarks>
public static class Dsq
{
    /// <summary>Name in options.</summary>
    public const string Kind = "dsq";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid, init, α and whether it is learned.</param>
    /// <param name="device">Where the bounds live.</param>
    /// <param name="channels">Number of bounds: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">α is outside [2^−10, ½].</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options);
        StepRule rule = Rules.For(options) ?? new MseStep();
        return new(Parts(options, range, 0, device, channels, rule));
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, sign, init, α and whether it is learned.</param>
    /// <param name="device">Where the bound lives.</param>
    /// <exception cref="ArgumentException">α is outside [2^−10, ½].</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        (CodeRange range, int zeroPoint) = Grids.Activation(options);
        StepRule rule = Rules.For(options) ?? new MseStep();
        return new(Parts(options, range, zeroPoint, device, 1, rule));
    }

    private static QuantizerParts Parts(QuantizerOptions options, CodeRange range, int zeroPoint, Device device, int channels, StepRule rule)
    {
        float alpha = options.DsqAlpha;
        if (!(alpha >= LearnedBound.Hardest && alpha <= LearnedBound.Softest))
        {
            throw new ArgumentOutOfRangeException(nameof(options), alpha, $"the alpha of dsq is at least 2^-10 and at most 0.5, got {alpha}");
        }

        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.Over(range, new DsqSlope(range.Stride)),
            Steps = new LearnedBound(device, channels, range, zeroPoint, rule, alpha, options.LearnAlpha),
            Rule = rule,
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }
}
