namespace LowBit.Quantization.Calibration;

/// <summary>
/// Moving averages of each batch's extremes: <c>low ← low + (1 − momentum)·(min x − low)</c> and likewise high, starting at the
/// first batch. Jacob et al. 2018, arXiv:1712.05877, section 3.1.
/// </summary>
public sealed class MovingAverageObserver : Observer
{
    private readonly double _momentum;

    /// <summary>Chooses how slowly the averages move.</summary>
    /// <param name="momentum">0 (only the last batch counts) up to but not 1; 0.9 to 0.99 are usual.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="momentum"/> is outside [0, 1).</exception>
    public MovingAverageObserver(double momentum = 0.9)
    {
        if (!(momentum >= 0 && momentum < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"the momentum of a moving average lies in [0, 1), got {momentum}");
        }

        _momentum = momentum;
    }

    /// <inheritdoc/>
    public override string Name => "ema";

    /// <summary>The averaged minimum.</summary>
    public double Low { get; private set; }

    /// <summary>The averaged maximum.</summary>
    public double High { get; private set; }

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values)
    {
        (float low, float high) = ValueRange.Of(values);
        Low = Batches == 0 ? low : Low + ((1 - _momentum) * (low - Low));
        High = Batches == 0 ? high : High + ((1 - _momentum) * (high - High));
    }

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint) => SymmetricSteps.Cover(Low, High, range, zeroPoint);
}
