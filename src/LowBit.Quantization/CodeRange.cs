using System.Numerics;

namespace LowBit.Quantization;

/// <summary>
/// The integer codes a quantizer may produce: <c>Low, Low + Stride, …, High</c>. A range is an axis of its own: the same
/// bit width gives different ranges for weights and activations.
/// </summary>
/// <remarks>
/// | range | 1 bit | 2 bit | 4 bit | b bit |
/// |---|---|---|---|---|
/// | <see cref="Unsigned"/> | 0, 1 | 0..3 | 0..15 | 0..2^b − 1 |
/// | <see cref="NarrowSigned"/> | −1, +1 | −1..1 | −7..7 | ±(2^(b−1) − 1) |
/// | <see cref="FullSigned"/> | −1, +1 | −2..1 | −8..7 | −2^(b−1)..2^(b−1) − 1 |
/// | <see cref="OddSigned"/> | −1, +1 | −3, −1, 1, 3 | −15, −13, …, 15 | odd codes in ±(2^b − 1), b ≤ 7 |
/// | <see cref="PowerSums"/> | — | −1..1 | ±{0, 1, 2, 3, 4, 6, 8, 10} | 2^b − 1 signed sums of powers of two, 2 ≤ b ≤ 6 |
/// </remarks>
public readonly record struct CodeRange
{
    private readonly bool _isPowerSums;

    private CodeRange(BitWidth width, int low, int high, int stride, bool isPowerSums = false)
    {
        _isPowerSums = isPowerSums;
        Width = width;
        Low = low;
        High = high;
        Stride = stride;
    }

    /// <summary>Bits of information in a code.</summary>
    public BitWidth Width { get; }

    /// <summary>The lowest code.</summary>
    public int Low { get; }

    /// <summary>The highest code.</summary>
    public int High { get; }

    /// <summary>Distance of neighbouring codes: 2 when only odd codes occur (1-bit weights are ±1), else 1.</summary>
    public int Stride { get; }

    /// <summary>True when negative codes occur.</summary>
    public bool Signed => Low < 0;

    /// <summary>Number of codes. Example: 15 for narrow 4-bit weights.</summary>
    public int Levels => _isPowerSums ? Width.Codes - 1 : ((High - Low) / Math.Max(Stride, 1)) + 1;

    /// <summary>True when code 0 occurs, so that real zero has a code without a zero point.</summary>
    public bool HasZero => Stride == 1 && Low <= 0 && High >= 0;

    /// <summary>
    /// Bits of a stored code: the width of the smallest two's-complement (or unsigned) number that holds the range; 1 for ±1,
    /// which is stored as its sign. Larger than <see cref="Width"/> only for <see cref="OddSigned"/> above 1 bit and <see cref="PowerSums"/> above 2.
    /// </summary>
    public int StorageBits => _isPowerSums ? BitOperations.Log2((uint)High) + 2 : Stride == 2 && High > 1 ? Width.Bits + 1 : Width.Bits;

    /// <summary>Codes 0 to 2^b − 1: activations after ReLU, and every code with a zero point.</summary>
    /// <param name="width">1 to 8 bits.</param>
    public static CodeRange Unsigned(BitWidth width) => new(width, 0, width.Codes - 1, 1);

    /// <summary>Symmetric codes ±(2^(b−1) − 1), the default of weights; ±1 without zero for 1 bit.</summary>
    /// <param name="width">1 to 8 bits.</param>
    public static CodeRange NarrowSigned(BitWidth width) =>
        width.Bits == 1 ? new(width, -1, 1, 2) : new(width, 1 - (width.Codes / 2), (width.Codes / 2) - 1, 1);

    /// <summary>All two's-complement codes −2^(b−1) to 2^(b−1) − 1; ±1 without zero for 1 bit.</summary>
    /// <param name="width">1 to 8 bits.</param>
    public static CodeRange FullSigned(BitWidth width) =>
        width.Bits == 1 ? new(width, -1, 1, 2) : new(width, -(width.Codes / 2), (width.Codes / 2) - 1, 1);

    /// <summary>
    /// The 2^b odd codes in ±(2^b − 1): the mid-rise grid of DoReFa (arXiv:1606.06160, eq. 9), which has no zero and needs
    /// b + 1 bits when stored.
    /// </summary>
    /// <param name="width">1 to 7 bits.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="width"/> is 8 bits: the codes ±255 would not fit a signed byte.</exception>
    public static CodeRange OddSigned(BitWidth width)
    {
        if (width.Bits == BitWidth.Largest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width), width.Bits, $"odd codes have 1 to 7 bits, got {width.Bits}: ±255 does not fit a signed byte; use the narrow range for 8 bits");
        }

        return new(width, 1 - width.Codes, width.Codes - 1, 2);
    }

    /// <summary>
    /// The additive powers of two of APoT (arXiv:1909.13144, section 2.2) for weights: a sign and a sum of one term from each of a few sub-grids, over
    /// their common denominator. A code needs more stored bits than it has information: 2, 4, 5, 7, 8 bits for 2, 3, 4, 5, 6.
    /// </summary>
    /// <param name="width">2 to 6 bits.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such grid: one bit has only a sign, and the sums of 7 or 8 bits do not fit a signed byte.</exception>
    public static CodeRange PowerSums(BitWidth width)
    {
        if (width.Bits is < 2 or > 6)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width),
                width.Bits,
                $"sums of powers of two have 2 to 6 bits, got {width.Bits}: one bit is only a sign, and wider sums do not fit a signed byte; use 8 uniform bits or another method");
        }

        int high = (int)Roundings.PowerSums.Of(width)[^1];
        return new(width, -high, high, 1, isPowerSums: true);
    }

    /// <summary>True when <paramref name="code"/> is one of the range's codes.</summary>
    /// <param name="code">Any integer.</param>
    public bool Contains(int code) => code >= Low && code <= High
        && (_isPowerSums ? Roundings.PowerSums.Of(Width).Contains(Math.Abs(code)) : (code - Low) % Math.Max(Stride, 1) == 0);

    /// <inheritdoc/>
    public override string ToString() => _isPowerSums ? $"power sums {Low}..{High}" : Stride == 2 ? $"odd {Low}..{High}" : $"{Low}..{High}";
}
