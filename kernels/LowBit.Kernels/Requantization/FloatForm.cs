namespace LowBit.Kernels.Requantization;

/// <summary>
/// The rule of one channel in single precision: <c>clamp(round(fma(acc, s, b)), low, high)</c>, ties to even, when that is the same integer for every 32-bit sum.
/// </summary>
/// <remarks>
/// Both sides rise with the sum (conversion, fused multiply-add and rounding each keep the order), so they are equal everywhere when they are equal on both sides of each step: for
/// every result k below high, the largest sum T whose exact result is at most k gives at most k, and T + 1 gives more. That is tried with the very operations of the kernels.
/// </remarks>
internal static class FloatForm
{
    // No |acc·M + B| of a table is larger.
    private const long Largest = (1L << 62) + (1L << 61);

    /// <summary>Looks for s and b.</summary>
    /// <param name="multiplier">M, 0 or more.</param>
    /// <param name="offset">B.</param>
    /// <param name="shift">N.</param>
    /// <param name="low">Smallest result, 0 or more.</param>
    /// <param name="high">Largest result.</param>
    /// <param name="scale">s.</param>
    /// <param name="bias">b.</param>
    /// <returns>False when there is none, or it was not found.</returns>
    public static bool TryFind(int multiplier, long offset, int shift, int low, int high, out float scale, out float bias)
    {
        double unit = Math.ScaleB(1, -shift);
        scale = (float)(multiplier * unit);
        bias = 0;
        if (multiplier == 0)
        {
            bias = Math.Clamp(offset >> shift, low, high);
            return true;
        }

        // How far the line may be moved up and down, in units of 2^−N, before a step moves.
        long up = multiplier, down = multiplier;
        for (int k = low; k < high; k++)
        {
            if (TryStep(multiplier, offset, shift, k, out int sum))
            {
                long step = (k + 1L) << shift, at = ((long)sum * multiplier) + offset;
                up = Math.Min(up, step - at);
                down = Math.Min(down, at + multiplier - step);
            }
        }

        bias = (float)(((offset + ((up - down) / 2)) * unit) - 0.5);
        if (!(Math.Abs(bias) + (scale * 2147483648.0) < 2147483000.0))
        {
            return false;
        }

        for (int k = low; k < high; k++)
        {
            if (TryStep(multiplier, offset, shift, k, out int sum) ? Apply(sum, scale, bias) > k || Apply(sum + 1, scale, bias) <= k : !IsBeyond(multiplier, offset, shift, k, scale, bias))
            {
                return false;
            }
        }

        return true;
    }

    // The largest sum whose result is at most k; false when all sums, or none, have one.
    private static bool TryStep(int multiplier, long offset, int shift, int k, out int sum)
    {
        sum = 0;
        if (k + 1L > Largest >> shift)
        {
            return false;
        }

        long above = ((k + 1L) << shift) - 1 - offset, quotient = above / multiplier;
        quotient -= above < 0 && quotient * multiplier != above ? 1 : 0;
        sum = (int)Math.Clamp(quotient, int.MinValue, int.MaxValue);
        return quotient is >= int.MinValue and < int.MaxValue;
    }

    // A step that no sum reaches: both forms give at most k for all sums, or both give more.
    private static bool IsBeyond(int multiplier, long offset, int shift, int k, float scale, float bias)
    {
        bool isAbove = (((long)int.MinValue * multiplier) + offset) >> shift > k;
        return isAbove ? Apply(int.MinValue, scale, bias) > k : Apply(int.MaxValue, scale, bias) <= k;
    }

    private static float Apply(int sum, float scale, float bias) => MathF.Round(MathF.FusedMultiplyAdd(sum, scale, bias), MidpointRounding.ToEven);
}
