namespace LowBit.Quantization.StepRules;

/// <summary>
/// The step whose highest level is a percentile of the values: of |x| for signed codes, of x for codes from the zero point up;
/// what lies beyond is clipped.
/// </summary>
public sealed class PercentileStep : StepRule
{
    private readonly double _share;

    /// <summary>Chooses the percentile.</summary>
    /// <param name="percent">Above 0, at most 100; 100 is min-max. Usual values are 99.9, 99.99 and 99.999.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is outside its range.</exception>
    public PercentileStep(double percent = 99.9)
    {
        _share = Percentiles.Share(percent);
    }

    /// <inheritdoc/>
    public override string Name => "percentile";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        if (values.IsEmpty)
        {
            return 0;
        }

        bool magnitudes = range.Low < zeroPoint;
        var sorted = new float[values.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = magnitudes ? MathF.Abs(values[i]) : values[i];
        }

        Array.Sort(sorted);
        int rank = Math.Max((int)Math.Ceiling(_share * sorted.Length) - 1, 0);
        return Math.Max(sorted[rank], 0) / (double)(range.High - zeroPoint);
    }
}
