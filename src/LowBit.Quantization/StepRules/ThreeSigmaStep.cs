namespace LowBit.Quantization.StepRules;

/// <summary>
/// <c>s = max(|μ − 3σ|, |μ + 3σ|) / 2^(b−1)</c> with the mean μ and the standard deviation σ of the values, b the bits of the codes. Bhalgat et al. 2020,
/// arXiv:2004.09576, section 3.2.
/// </summary>
/// <remarks>Example: 4-bit weights of N(0, 0.1²) start with 0.3/8 = 0.0375.</remarks>
public sealed class ThreeSigmaStep : StepRule
{
    /// <inheritdoc/>
    public override string Name => "three_sigma";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        (double mean, double deviation) = StepSources.Spread.Of(values);
        double reach = Math.Max(Math.Abs(mean - (3 * deviation)), Math.Abs(mean + (3 * deviation)));

        // Odd codes lie two steps apart and reach twice as far.
        return reach / (range.Stride == 2 ? range.Width.Codes : range.Width.Codes / 2);
    }
}
