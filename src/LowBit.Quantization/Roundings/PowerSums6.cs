namespace LowBit.Quantization.Roundings;

/// <summary>6-bit weights: a sign and {0, 2^−1, 2^−3, 2^−6} + {0, 2^−2, 2^−4, 2^−7} + {0, 2^−5}, in 128ths.</summary>
public readonly struct PowerSums6 : IPowerSums
{
    /// <inheritdoc/>
    public static ReadOnlySpan<float> Magnitudes => [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 17, 20, 21, 24, 28, 32, 34, 36, 38, 48, 52, 64, 65, 68, 69, 72, 76, 96, 100];
}
