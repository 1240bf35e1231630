namespace LowBit.Quantization.Roundings;

/// <summary>4-bit weights: a sign and {0, 1/2, 1/4, 1/16} + {0, 1/8}, in sixteenths.</summary>
public readonly struct PowerSums4 : IPowerSums
{
    /// <inheritdoc/>
    public static ReadOnlySpan<float> Magnitudes => [0, 1, 2, 3, 4, 6, 8, 10];
}
