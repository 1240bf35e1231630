namespace LowBit.Kernels.Rng;

/// <summary>
/// Two normal numbers from two random words (Box and Muller 1958). Logarithm, sine and cosine are polynomials of exact IEEE
/// operations: the ones of the C library differ between machines in the last bits.
/// </summary>
internal static class NormalPair
{
    private const double Ln2 = 0.6931471805599453;

    /// <summary>r·cos φ and r·sin φ with r = √(−2·ln u), u = (a + 1)/2^32 in (0, 1], φ = 2π·b/2^32.</summary>
    public static (double First, double Second) From(uint a, uint b)
    {
        double radius = Math.Sqrt(-2 * LogOfFraction(a));
        (double sine, double cosine) = SinCos(b);
        return (radius * cosine, radius * sine);
    }

    /// <summary>ln((a + 1)/2^32), within 1e-15 of its magnitude.</summary>
    private static double LogOfFraction(uint a)
    {
        ulong n = (ulong)a + 1;
        int log = System.Numerics.BitOperations.Log2(n);
        double m = n / (double)(1UL << log);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            log++;
        }

        // ln m = 2·(s + s³/3 + s⁵/5 + …), |s| ≤ 0.1716; the terms left out are below 1e-17.
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double sum = Polynomial(z, [1, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21]);
        return ((log - 32) * Ln2) + (2 * s * sum);
    }

    /// <summary>Sine and cosine of 2π·b/2^32: the two top bits are the quadrant, the rest an angle within a quarter of π of its middle.</summary>
    private static (double Sine, double Cosine) SinCos(uint b)
    {
        uint quadrant = ((b >> 29) + 1) >> 1;
        double turn = ((long)b - ((long)quadrant << 30)) / 4294967296.0;
        double x = turn * (2 * Math.PI);
        double z = x * x;
        double sine = x * Polynomial(z, [1, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000]);
        double cosine = Polynomial(z, [1, -0.5, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000]);
        return (quadrant & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }

    private static double Polynomial(double z, ReadOnlySpan<double> coefficients)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = (sum * z) + coefficients[i];
        }

        return sum;
    }
}
