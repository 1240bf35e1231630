namespace LowBit.Quantization.Calibration;

/// <summary>
/// The step whose highest level stands at the cut of least information loss (<c>KL(P‖Q)</c>, see the remarks) over all values seen.
/// </summary>
/// <remarks>
/// Migacz, "8-bit inference with TensorRT", GTC 2017. P: histogram of magnitudes (of x for codes from zero up) below the cut, the
/// rest in its last bin; Q: the same merged into as many groups as there are levels on that side. For codes from zero up the bin at zero
/// counts no more than its neighbour. Made for 8 bits; with 4 bits or
/// fewer it clips what matters, because it weighs how often a value occurs and not how large its error is.
/// </remarks>
public sealed class KlObserver : Observer
{
    private readonly StreamingHistogram _histogram;

    /// <summary>Creates the observer.</summary>
    /// <param name="bins">Bins of the histogram.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 16.</exception>
    public KlObserver(int bins = StreamingHistogram.DefaultBins)
    {
        _histogram = new(bins);
    }

    /// <inheritdoc/>
    public override string Name => "kl";

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values) => _histogram.Add(values);

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint) => Step(_histogram, range, zeroPoint);

    /// <summary>The step for a histogram; 0 when the grid has no level for any value.</summary>
    internal static double Step(StreamingHistogram histogram, CodeRange range, int zeroPoint)
    {
        double widest = SymmetricSteps.Cover(histogram.Low, histogram.High, range, zeroPoint);
        if (!(widest > 0))
        {
            return 0;
        }

        bool bothSides = range.Low < zeroPoint;
        long[] bins = histogram.Magnitudes(bothSides);

        if (!bothSides)
        {
            // Zeros have a level of their own and lose nothing; behind a ReLU their number would rule the divergence of every coarser cut.
            bins[0] = Math.Min(bins[0], bins[1]);
        }

        int groups = bothSides ? (range.Levels + 1) / 2 : range.Levels;
        int top = range.High - zeroPoint;
        return bins.Length <= groups ? widest : Math.Min(KlSearch.Cut(bins, groups) * histogram.BinWidth / top, widest);
    }
}
