using LowBit.Quantization.StepRules;

namespace LowBit.Quantization.Calibration;

/// <summary>
/// The step whose highest level is a percentile of all values seen, from a streaming histogram: of |x| for signed codes, of x
/// for codes from the zero point up.
/// </summary>
public sealed class PercentileObserver : Observer
{
    private readonly double _share;
    private readonly StreamingHistogram _histogram;

    /// <summary>Chooses the percentile.</summary>
    /// <param name="percent">Above 0, at most 100. Usual values are 99.9, 99.99 and 99.999.</param>
    /// <param name="bins">Bins of the histogram.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public PercentileObserver(double percent = 99.9, int bins = StreamingHistogram.DefaultBins)
    {
        _share = Percentiles.Share(percent);
        _histogram = new(bins);
    }

    /// <inheritdoc/>
    public override string Name => "percentile";

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values) => _histogram.Add(values);

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint)
    {
        double top = range.Low < zeroPoint ? _histogram.MagnitudeQuantile(_share) : _histogram.Quantile(_share);
        return Math.Max(top, 0) / (range.High - zeroPoint);
    }
}
