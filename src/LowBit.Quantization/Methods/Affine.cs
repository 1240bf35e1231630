using LowBit.Kernels.Devices;
using LowBit.Quantization.Estimators;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// A fixed affine grid over a known real range, for the input edge: <c>s = (high − low)/(2^b − 1)</c>, <c>z = round(−low/s)</c>. Jacob et
/// al. 2018, arXiv:1712.05877, eq. 1, with the range widened to hold zero, so that zero has a code.
/// </summary>
public static class Affine
{
    /// <summary>Name in options.</summary>
    public const string Kind = "affine";

    /// <summary>An activation quantizer with fixed step and zero point.</summary>
    /// <param name="device">Where the step lives.</param>
    /// <param name="bits">1 to 8.</param>
    /// <param name="low">Smallest real value.</param>
    /// <param name="high">Largest real value, above <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite.</exception>
    /// <remarks>Example: 8 bits, −1 to 1 give s = 2/255 ≈ 0.00784 and z = 128 (127.5, ties to even).</remarks>
    public static ActivationQuantizer Activation(Device device, BitWidth bits, float low, float high)
    {
        if (!(low < high) || !float.IsFinite(low) || !float.IsFinite(high))
        {
            throw new ArgumentException($"an affine grid needs a finite range from low to high, got {low} to {high}");
        }

        double from = Math.Min(low, 0);
        double to = Math.Max(high, 0);
        CodeRange range = CodeRange.Unsigned(bits);
        double step = (to - from) / range.High;
        int zeroPoint = (int)Math.Clamp(Math.Round(-from / step, MidpointRounding.ToEven), range.Low, range.High);
        return new(new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            ZeroPoint = zeroPoint,
            Op = QuantizeOp.For<Unclipped>(range),
            Steps = new FixedStep(device, 1, (float)step),
            Rule = new MinMaxStep(),
        });
    }
}
