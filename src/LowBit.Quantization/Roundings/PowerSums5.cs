namespace LowBit.Quantization.Roundings;

/// <summary>5-bit weights: a sign and {0, 2^−1, 2^−3, 2^−5} + {0, 2^−2, 2^−4, 2^−6}, in 64ths.</summary>
public readonly struct PowerSums5 : IPowerSums
{
    /// <inheritdoc/>
    public static ReadOnlySpan<float> Magnitudes => [0, 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 33, 36, 48];
}
