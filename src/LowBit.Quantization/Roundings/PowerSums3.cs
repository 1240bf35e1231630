namespace LowBit.Quantization.Roundings;

/// <summary>3-bit weights: a sign and {0, 1/2, 1/4, 1/8}, in eighths.</summary>
public readonly struct PowerSums3 : IPowerSums
{
    /// <inheritdoc/>
    public static ReadOnlySpan<float> Magnitudes => [0, 1, 2, 4];
}
