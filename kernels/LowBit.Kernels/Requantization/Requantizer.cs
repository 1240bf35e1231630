namespace LowBit.Kernels.Requantization;

/// <summary>The requantization rule on single numbers; every vector body equals it bit for bit.</summary>
public static class Requantizer
{
    /// <summary>The smallest multiplier of a normalised scale.</summary>
    public const int MinMultiplier = 1 << 30;

    /// <summary>The largest shift of a table.</summary>
    public const int MaxShift = 62;

    /// <summary><c>y = clamp((acc·m + b) &gt;&gt; n, low, high)</c>: 64-bit product and sum, arithmetic shift (rounding towards −∞; the half that makes it round is part of b).</summary>
    /// <param name="accumulator">The sum of products.</param>
    /// <param name="multiplier">Multiplier m, 0 to 2^31 − 1.</param>
    /// <param name="offset">Offset b: bias, zero point and <c>2^(n−1)</c> at once; at most 2^61 in magnitude.</param>
    /// <param name="shift">Shift n, 0 to 62.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    /// <example>acc = 3, m = 2^30, n = 31, b = 2^30 (one half): (3·2^30 + 2^30) &gt;&gt; 31 = 2.</example>
    public static int Apply(int accumulator, int multiplier, long offset, int shift, int low, int high)
        => Clamp((((long)accumulator * multiplier) + offset) >> shift, low, high);

    /// <summary><c>y = clamp((acc·m + r·q + b) &gt;&gt; n, low, high)</c>: both branches of a residual addition, rounded once.</summary>
    /// <param name="accumulator">The sum of products.</param>
    /// <param name="multiplier">Multiplier m, 0 to 2^31 − 1.</param>
    /// <param name="residual">The residual's code r.</param>
    /// <param name="residualMultiplier">Multiplier q of the residual, 0 to 2^31 − 1.</param>
    /// <param name="offset">Offset b, which holds the residual's zero point too.</param>
    /// <param name="shift">Shift n, 0 to 62.</param>
    /// <param name="low">Smallest result.</param>
    /// <param name="high">Largest result.</param>
    public static int Apply(int accumulator, int multiplier, byte residual, int residualMultiplier, long offset, int shift, int low, int high)
        => Clamp((((long)accumulator * multiplier) + ((long)residual * residualMultiplier) + offset) >> shift, low, high);

    /// <summary>
    /// The fixed-point form of a scale: <c>m = round(scale · 2^n)</c> (ties to even) with m in <c>[2^30, 2^31)</c>. A scale too small for n ≤ 62
    /// keeps n = 62 and a smaller m.
    /// </summary>
    /// <param name="scale">Real scale, not negative, below 2^30.</param>
    /// <returns>Multiplier and shift; (0, 31) for zero.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="scale"/> is negative, not a number, or 2^30 and more.</exception>
    /// <example>0.75 becomes (1610612736, 31).</example>
    public static (int Multiplier, int Shift) FixedPoint(double scale)
    {
        if (!(scale >= 0 && scale < MinMultiplier))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "a requantization scale lies in [0, 2^30)");
        }

        if (scale == 0)
        {
            return (0, 31);
        }

        int shift = Math.Min(30 - Math.ILogB(scale), MaxShift);
        double scaled = Math.Round(Math.ScaleB(scale, shift), MidpointRounding.ToEven);
        if (scaled >= 2147483648.0)
        {
            shift--;
            scaled = Math.Round(Math.ScaleB(scale, shift), MidpointRounding.ToEven);
        }

        return ((int)scaled, shift);
    }

    private static int Clamp(long value, int low, int high) => (int)(value < low ? low : value > high ? high : value);
}
