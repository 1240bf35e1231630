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
/// </remarks>
public readonly record struct CodeRange
{
    private CodeRange(BitWidth width, int low, int high, int stride)
    {
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
    public int Levels => ((High - Low) / Math.Max(Stride, 1)) + 1;

    /// <summary>True when code 0 occurs, so that real zero has a code without a zero point.</summary>
    public bool HasZero => Stride == 1 && Low <= 0 && High >= 0;

    /// <summary>
    /// Bits of a stored code: the width of the smallest two's-complement (or unsigned) number that holds the range; 1 for ±1,
    /// which is stored as its sign. Larger than <see cref="Width"/> only for <see cref="OddSigned"/> above 1 bit.
    /// </summary>
    public int StorageBits => Stride == 2 && High > 1 ? Width.Bits + 1 : Width.Bits;

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

    /// <summary>True when <paramref name="code"/> is one of the range's codes.</summary>
    /// <param name="code">Any integer.</param>
    public bool Contains(int code) => code >= Low && code <= High && (code - Low) % Math.Max(Stride, 1) == 0;

    /// <inheritdoc/>
    public override string ToString() => Stride == 2 ? $"odd {Low}..{High}" : $"{Low}..{High}";
}
