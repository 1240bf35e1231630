namespace LowBit.Quantization.Calibration;

/// <summary>
/// The step of ACIQ's analytic clipping (arXiv:1810.05723): the highest level stands at <see cref="OptimalClipping.Level"/> times the
/// scale of a Laplace or Gauss density fitted to all values seen.
/// </summary>
/// <remarks>
/// Codes on both sides of zero: the scale is mean|x − μ| or σ around the mean μ, and since the grid is centred at zero the range is |μ| + α.
/// Codes from zero up (behind a ReLU): the constants of one bit more, with the scale of the values <b>above</b> zero, which for half
/// of a Laplace density is their mean and for half of a Gauss density √(mean of squares); zeros have a code of their own and tell
/// nothing. The range never exceeds the largest value seen.
/// </remarks>
public sealed class AciqObserver : Observer
{
    private readonly ClippingModel _model;
    private readonly StreamingHistogram _histogram;
    private long _positive;
    private double _positiveSum;
    private double _positiveSquares;

    /// <summary>Chooses the density.</summary>
    /// <param name="model">Laplace or Gauss.</param>
    /// <param name="bins">Bins of the histogram that gives the mean deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 16.</exception>
    public AciqObserver(ClippingModel model, int bins = StreamingHistogram.DefaultBins)
    {
        _model = model;
        _histogram = new(bins);
    }

    /// <inheritdoc/>
    public override string Name => _model == ClippingModel.Laplace ? "aciq-laplace" : "aciq-gauss";

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values)
    {
        _histogram.Add(values);
        foreach (float value in values)
        {
            if (value > 0)
            {
                _positive++;
                _positiveSum += value;
                _positiveSquares += (double)value * value;
            }
        }
    }

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint)
    {
        double widest = SymmetricSteps.Cover(_histogram.Low, _histogram.High, range, zeroPoint);
        double top = range.Low < zeroPoint ? TwoSided(_histogram, _model, range) : OneSided(range);
        return Math.Min(top / (range.High - zeroPoint), widest);
    }

    /// <summary>|μ| + α of a distribution on both sides of zero.</summary>
    internal static double TwoSided(IMoments values, ClippingModel model, CodeRange range)
    {
        Moments all = values.Below(double.PositiveInfinity);
        if (all.Count == 0)
        {
            return 0;
        }

        double mean = all.Sum / all.Count;
        Moments below = values.Below(mean);
        double scale = model == ClippingModel.Laplace
            ? (all.Sum - (2 * below.Sum) - (mean * (all.Count - (2 * below.Count)))) / all.Count
            : Math.Sqrt(Math.Max((all.Squares / all.Count) - (mean * mean), 0));
        return Math.Abs(mean) + (OptimalClipping.Level(model, range.Width.Bits) * scale);
    }

    private double OneSided(CodeRange range)
    {
        if (_positive == 0)
        {
            return 0;
        }

        double scale = _model == ClippingModel.Laplace ? _positiveSum / _positive : Math.Sqrt(_positiveSquares / _positive);
        return OptimalClipping.Level(_model, range.Width.Bits + 1) * scale;
    }
}
