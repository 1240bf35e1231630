namespace LowBit.Quantization.Roundings;

/// <summary>The magnitudes of one APoT grid as integers over their common denominator.</summary>
public interface IPowerSums
{
    /// <summary>Rising, from 0; at most 127.</summary>
    static abstract ReadOnlySpan<float> Magnitudes { get; }
}
