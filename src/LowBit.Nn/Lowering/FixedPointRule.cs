namespace LowBit.Nn.Lowering;

/// <summary>
/// The integers that stand for <c>scale·acc + residualScale·r + offset</c> in units of output codes, rounded to nearest with ties up:
/// <c>(±acc·Multiplier + r·ResidualMultiplier + Offset) &gt;&gt; Shift</c>, acc and r without zero points.
/// </summary>
/// <param name="Multiplier"><c>round(|scale|·2^Shift)</c>, ties to even.</param>
/// <param name="Negative">True when the scale is negative: the sum enters with the opposite sign.</param>
/// <param name="ResidualMultiplier"><c>round(residualScale·2^Shift)</c>.</param>
/// <param name="Offset"><c>round(offset·2^Shift) + 2^(Shift−1)</c>.</param>
/// <param name="Shift">1 to 62.</param>
internal readonly record struct FixedPointRule(int Multiplier, bool Negative, int ResidualMultiplier, long Offset, int Shift)
{
    private const int MaxShift = 62;

    // Half of what a table may hold: the other half is left for the zero points that the emitter adds.
    private static readonly Int128 s_offsetLimit = (Int128)1 << 61;

    /// <summary>
    /// Chooses the largest shift with which the larger multiplier stays below 2^31 (so that it is normalised, in [2^30, 2^31)) and every
    /// offset below 2^61. Scales below 2^−32 and offsets far above the scale leave the multiplier fewer bits; its error then still
    /// is below 2^-shift for each unit of the sum.
    /// </summary>
    /// <param name="scale">Output codes per unit of the sum, any sign, finite.</param>
    /// <param name="residualScale">Output codes per unit of the residual, 0 without one.</param>
    /// <param name="offset">Output codes, zero point included, finite.</param>
    /// <param name="foldedSum">|zero point · Σw| of the input: what the emitter will multiply into the offset.</param>
    /// <param name="foldedResidual">Zero point of the residual.</param>
    /// <returns>The rule, or null when the numbers are beyond every shift.</returns>
    public static FixedPointRule? Create(double scale, double residualScale, double offset, long foldedSum, int foldedResidual)
    {
        double magnitude = Math.Abs(scale), largest = Math.Max(magnitude, residualScale);
        if (!double.IsFinite(largest) || !double.IsFinite(offset))
        {
            return null;
        }

        int shift = largest == 0 ? 31 : Math.Min(30 - Math.ILogB(largest), MaxShift);
        for (; shift >= 1; shift--)
        {
            double multiplier = Round(magnitude, shift), residual = Round(residualScale, shift), scaled = Round(offset, shift);
            if (multiplier > int.MaxValue || residual > int.MaxValue || Math.Abs(scaled) >= (double)s_offsetLimit)
            {
                continue;
            }

            Int128 total = (Int128)Math.Abs(scaled) + ((Int128)1 << (shift - 1)) + ((Int128)multiplier * foldedSum) + ((Int128)residual * foldedResidual);
            if (total <= s_offsetLimit)
            {
                return new FixedPointRule((int)multiplier, scale < 0, (int)residual, (long)scaled + (1L << (shift - 1)), shift);
            }
        }

        return null;
    }

    private static double Round(double value, int shift) => Math.Round(Math.ScaleB(value, shift), MidpointRounding.ToEven);
}
