namespace LowBit.Quantization.StepRules;

/// <summary>
/// Statistics-aware weight binning: the clipping level <c>a = c1·√E[x²] + c2·E|x|</c>, <c>s = a / High</c>. The coefficients fit the level of least squared
/// error over a family of densities, so that no search is needed. Choi et al. 2019, SysML, "Accurate and efficient 2-bit quantized neural networks",
/// section 4.
/// </summary>
/// <remarks>
/// Published coefficients: 2 to 5 bits of the odd grid (2^b levels), and 2, 4, 7, 8 bits of the narrow grid (2^b − 1 levels) in the authors' code. The others solve
/// for the exact optima of the normal and the Laplace density. a is kept between the mean and the largest magnitude: far from any density, as when all
/// magnitudes are equal, the linear form leaves them.
/// </remarks>
public sealed class SawbStep : StepRule
{
    private static readonly (double C1, double C2)[] s_odd =
        [(3.12, -2.064), (7.509, -6.892), (12.68, -12.80), (17.74, -18.64), (20.333, -21.376), (25.496, -27.429)];

    private static readonly (double C1, double C2)[] s_narrow =
        [(2.6, -1.71), (6.459, -5.648), (12.035, -12.03), (15.318, -15.565), (20.257, -21.289), (28.24, -30.81), (31.76, -35.04)];

    /// <inheritdoc/>
    public override string Name => "sawb";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        double sum = 0, squares = 0, largest = 0;
        foreach (float value in values)
        {
            double magnitude = Math.Abs((double)value);
            sum += magnitude;
            squares += magnitude * magnitude;
            largest = Math.Max(largest, magnitude);
        }

        if (largest == 0)
        {
            return 0;
        }

        double mean = sum / values.Length;
        if (range.Width.Bits == 1)
        {
            return mean;
        }

        (double c1, double c2) = (range.Stride == 2 ? s_odd : s_narrow)[range.Width.Bits - 2];
        return Math.Clamp((c1 * Math.Sqrt(squares / values.Length)) + (c2 * mean), mean, Math.Max(mean, largest)) / range.High;
    }
}
