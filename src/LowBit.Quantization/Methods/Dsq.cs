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
/// weights. The softness α is fixed (<see cref="QuantizerOptions.DsqAlpha"/>), as in MQBench. The first bound is that of least squared error.
/// </remarks>
public static class Dsq
{
    /// <summary>Name in options.</summary>
    public const string Kind = "dsq";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid, init, α.</param>
    /// <param name="device">Where the bounds live.</param>
    /// <param name="channels">Number of bounds: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">α is outside (0, ½].</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options);
        StepRule rule = Rules.For(options) ?? new MseStep();
        return new(Parts(options, range, 0, new LearnedBound(device, channels, range, 0, rule), rule));
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, sign, init, α.</param>
    /// <param name="device">Where the bound lives.</param>
    /// <exception cref="ArgumentException">α is outside (0, ½].</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        (CodeRange range, int zeroPoint) = Grids.Activation(options);
        StepRule rule = Rules.For(options) ?? new MseStep();
        return new(Parts(options, range, zeroPoint, new LearnedBound(device, 1, range, zeroPoint, rule), rule));
    }

    private static QuantizerParts Parts(QuantizerOptions options, CodeRange range, int zeroPoint, LearnedBound bound, StepRule rule)
    {
        float alpha = options.DsqAlpha;
        if (!(alpha > 0 && alpha <= 0.5f))
        {
            throw new ArgumentOutOfRangeException(nameof(options), alpha, $"the alpha of dsq lies above 0 and at most at 0.5, got {alpha}");
        }

        return new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.Over(range, new DsqSlope(alpha, range.Stride)),
            Steps = bound,
            Rule = rule,
            ScaleStepGradient = options.ScaleStepGradient,
        };
    }
}
