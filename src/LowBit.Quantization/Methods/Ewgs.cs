using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// Element-wise gradient scaling, Lee et al. 2021, arXiv:2104.00903. Weights and activations are mapped from a learned interval [l, u] to the
/// codes; the gradient through the rounding is <c>g·(1 + δ·sign(g)·(x_n − x_q))</c>: it grows where a step in its direction leaves the level behind.
/// </summary>
/// <remarks>
/// δ is fixed (<see cref="QuantizerOptions.EwgsDelta"/>). Weights are <c>a·q/High</c> with a learned scale a; see <see cref="LearnedWeightInterval"/> and
/// <see cref="LearnedInterval"/> for first values. The paper's weights have 2^b levels without zero (<see cref="WeightGrid.Odd"/>); the default has zero.
/// </remarks>
public static class Ewgs
{
    /// <summary>Name in options.</summary>
    public const string Kind = "ewgs";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid (narrow or odd), δ.</param>
    /// <param name="device">Where interval and scale live.</param>
    /// <param name="channels">Number of intervals: 1, or the output channels.</param>
    /// <exception cref="ArgumentException">The grid is not symmetric, δ is negative, or the options name a step rule.</exception>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options, WeightGrid.Narrow, WeightGrid.Odd);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.Over(range, Slope(options)),
            Steps = new LearnedWeightInterval(device, channels, range),
            Rule = new MseStep(),
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }

    /// <summary>An activation quantizer.</summary>
    /// <param name="options">Bits, δ.</param>
    /// <param name="device">Where the interval lives.</param>
    /// <exception cref="ArgumentException">The options ask for signed codes, δ is negative, or the options name a step rule.</exception>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Unsigned(options);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = QuantizeOp.Over(range, Slope(options)),
            Steps = new LearnedInterval(device, range.High),
            Rule = new MseStep(),
            ScaleStepGradient = options.ScaleStepGradient,
        });
    }

    private static EwgsSlope Slope(QuantizerOptions options)
    {
        Rules.RefuseInit(options, "ewgs finds its first intervals itself");
        return options.EwgsDelta >= 0 && float.IsFinite(options.EwgsDelta)
            ? new EwgsSlope(options.EwgsDelta)
            : throw new ArgumentOutOfRangeException(nameof(options), options.EwgsDelta, $"the delta of ewgs is 0 or more, got {options.EwgsDelta}");
    }
}
