namespace LowBit.Quantization.Calibration;

/// <summary>The extremes of a set of values.</summary>
internal static class ValueRange
{
    /// <summary>Smallest and largest value; throws one sentence when a value is not finite, (0, 0) for no value.</summary>
    public static (float Low, float High) Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return (0, 0);
        }

        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"value {i} of {values.Length} is {value}: only finite values can be quantized; look for a diverged training step");
            }

            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return (low, high);
    }
}
