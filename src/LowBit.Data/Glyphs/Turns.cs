namespace LowBit.Data.Glyphs;

/// <summary>
/// Sine and cosine by Taylor polynomials, from additions and multiplications only: the system's functions may differ in the
/// last bit between machines, and with them an image.
/// </summary>
internal static class Turns
{
    /// <summary>Sine and cosine of an angle in whole turns (1 = 360 degrees), error below 1e-9.</summary>
    public static (double Sin, double Cos) SinCos(double turns)
    {
        double rest = turns - Math.Floor(turns + 0.5);
        return (Sin(rest), Sin(0.25 - Math.Abs(rest)));
    }

    // Valid from -0.5 to 0.5 turns; folded to a quarter turn, where seven terms suffice.
    private static double Sin(double turns)
    {
        double folded = turns > 0.25 ? 0.5 - turns : turns < -0.25 ? -0.5 - turns : turns;
        double x = folded * (2 * Math.PI);
        double square = x * x;
        double sum = 0;
        for (int n = 15; n >= 3; n -= 2)
        {
            sum = (1 - sum) * square / (n * (n - 1));
        }

        return x * (1 - sum);
    }
}
