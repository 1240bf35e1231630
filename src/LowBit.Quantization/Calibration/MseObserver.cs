namespace LowBit.Quantization.Calibration;

/// <summary>The step of least squared error over all values seen, from a streaming histogram with values spread evenly in each bin.</summary>
public sealed class MseObserver : Observer
{
    private readonly StreamingHistogram _histogram;

    /// <summary>Creates the observer.</summary>
    /// <param name="bins">Bins of the histogram.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 16.</exception>
    public MseObserver(int bins = StreamingHistogram.DefaultBins)
    {
        _histogram = new(bins);
    }

    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values) => _histogram.Add(values);

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint) => StepSearch.Minimize(_histogram, range, zeroPoint);
}
