namespace LowBit.Search.Numerics;

/// <summary>The standard normal distribution function and its inverse, to about 1e-14 relative.</summary>
public static class NormalDistribution
{
    private static readonly double s_rootTwoPi = Math.Sqrt(2 * Math.PI);

    /// <summary>
    /// P(Z ≤ <paramref name="x"/>). Near 0 the series Φ(x) = 1/2 + φ(x) (x + x³/3 + x⁵/15 + …), in the tails Laplace's continued fraction
    /// φ(x) / (x + 1/(x + 2/(x + 3/(x + …)))), which keeps small probabilities exact to the last digits.
    /// </summary>
    public static double Cdf(double x)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        double size = Math.Abs(x);
        if (size < 3)
        {
            double term = x, sum = x;
            for (int k = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); k += 2)
            {
                term *= x * x / k;
                sum += term;
            }

            return 0.5 + (Density(x) * sum);
        }

        double tail = size;
        for (int k = 80; k >= 1; k--)
        {
            tail = size + (k / tail);
        }

        double upper = Density(size) / tail;
        return x > 0 ? 1 - upper : upper;
    }

    /// <summary>The x with Φ(x) = <paramref name="probability"/>; ∓∞ at 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not in [0, 1].</exception>
    public static double InverseCdf(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability lies between 0 and 1");
        }

        if (probability is 0 or 1)
        {
            return probability == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        bool upper = probability > 0.5;
        double p = upper ? 1 - probability : probability;

        // Abramowitz & Stegun 26.2.23 (error below 4.5e-4), then Halley's steps on the exact function.
        double t = Math.Sqrt(-2 * Math.Log(p));
        double x = -(t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))));
        for (int i = 0; i < 3; i++)
        {
            double step = (Cdf(x) - p) / Density(x);
            x -= step / (1 + (x * step / 2));
        }

        return upper ? -x : x;
    }

    private static double Density(double x) => Math.Exp(-x * x / 2) / s_rootTwoPi;
}
