using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.Tests.Calibration;

/// <summary>Exact partial moments of N(0, 1) or Laplace(0, 1), so that a step search can be checked without sampling error.</summary>
internal sealed class AnalyticMoments(bool isGaussian) : IMoments
{
    // The search starts at the range; 12 deviations (or 40 scales) hold all but 1e-17 of the squares.
    public double Low => isGaussian ? -12 : -40;

    public double High => -Low;

    public Moments Below(double border)
    {
        if (double.IsPositiveInfinity(border))
        {
            return new(1, 0, isGaussian ? 1 : 2);
        }

        if (!isGaussian)
        {
            // Laplace density e^-|x| / 2; the moments above a positive border are the mirrored ones below it.
            double t = -Math.Abs(border);
            double e = Math.Exp(t) / 2;
            Moments below = new(e, e * (t - 1), e * ((t * t) - (2 * t) + 2));
            return border <= 0 ? below : new(1 - below.Count, below.Sum, 2 - below.Squares);
        }

        double density = Math.Exp(-border * border / 2) / Math.Sqrt(2 * Math.PI);
        double mass = NormalBelow(border);
        return new(mass, -density, mass - (border * density));
    }

    /// <summary>Φ(x) by its Taylor series around 0 (all terms of one sign after factoring), exact to 1e-15 for |x| ≤ 6.</summary>
    private static double NormalBelow(double x)
    {
        if (Math.Abs(x) > 8)
        {
            return x < 0 ? 0 : 1;
        }

        double term = x;
        double sum = x;
        for (int k = 1; k < 400 && Math.Abs(term) > 1e-18 * Math.Abs(sum); k++)
        {
            term *= x * x / ((2 * k) + 1);
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
