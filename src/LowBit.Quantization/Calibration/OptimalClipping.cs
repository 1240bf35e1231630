namespace LowBit.Quantization.Calibration;

/// <summary>
/// The clipping level α that minimises ACIQ's estimate of the squared error of M-bit quantization of [−α, α]: the values beyond α
/// cost their distance to it, those inside <c>α²/(3·4^M)</c>. Banner et al. 2019, arXiv:1810.05723, section 3.
/// </summary>
/// <remarks>
/// Laplace: <c>2b²·e^(−α/b) + α²/(3·4^M)</c>, stationary where <c>(α/b)·e^(α/b) = 3·4^M</c>. Gauss:
/// <c>(σ² + α²)·erfc(α/(σ√2)) − √(2/π)·α·σ·e^(−α²/2σ²) + α²/(3·4^M)</c>, stationary where
/// <c>a·erfc(a/√2) − √(2/π)·e^(−a²/2) + a/(3·4^M) = 0</c> with a = α/σ. Both left sides grow with α, so bisection finds the root.
/// Examples for 4 bits: 5.03·b and 2.56·σ. These are the optima of the estimate; those of the true error are a little below for few bits.
/// </remarks>
public static class OptimalClipping
{
    private const int LargestBits = BitWidth.Largest + 1;
    private const double Beyond = 16;

    private static readonly double[] s_laplace = Table(LaplaceSlope);
    private static readonly double[] s_gauss = Table(GaussSlope);

    /// <summary>α in units of the density's own scale (b or σ).</summary>
    /// <param name="model">The density.</param>
    /// <param name="bits">M, 1 to 9; a range [0, α] of b-bit codes is half of one of b + 1 bits.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside 1 to 9.</exception>
    public static double Level(ClippingModel model, int bits)
    {
        if (bits is < 1 or > LargestBits)
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, $"clipping levels exist for 1 to {LargestBits} bits, got {bits}");
        }

        return (model == ClippingModel.Laplace ? s_laplace : s_gauss)[bits];
    }

    /// <summary>erfc(x) = 1 − erf(x) by the series of erf with terms of one sign; absolute error below 1e-15 for 0 ≤ x ≤ 12.</summary>
    internal static double Erfc(double x)
    {
        double term = x, sum = x;
        for (int n = 1; term > 1e-17 * sum; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 1 - (2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum);
    }

    private static double LaplaceSlope(double a, double noise) => (a * noise) - Math.Exp(-a);

    private static double GaussSlope(double a, double noise)
        => (a * Erfc(a / Math.Sqrt(2))) - (Math.Sqrt(2 / Math.PI) * Math.Exp(-a * a / 2)) + (a * noise);

    private static double[] Table(Func<double, double, double> slope)
    {
        var levels = new double[LargestBits + 1];
        for (int bits = 1; bits <= LargestBits; bits++)
        {
            double noise = 1 / (3 * Math.Pow(4, bits)), low = 0, high = Beyond;
            for (int i = 0; i < 60; i++)
            {
                double middle = (low + high) / 2;
                (low, high) = slope(middle, noise) < 0 ? (middle, high) : (low, middle);
            }

            levels[bits] = (low + high) / 2;
        }

        return levels;
    }
}
