namespace LowBit.Quantization.StepSources;

/// <summary>Mean and standard deviation of a set of values.</summary>
internal static class Spread
{
    /// <summary>Both in double precision, in two passes; (0, 0) for no value.</summary>
    public static (double Mean, double Deviation) Of(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        double mean = values.IsEmpty ? 0 : sum / values.Length;
        double squares = 0;
        foreach (float value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, values.IsEmpty ? 0 : Math.Sqrt(squares / values.Length));
    }
}
