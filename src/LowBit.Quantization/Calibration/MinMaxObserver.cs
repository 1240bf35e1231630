namespace LowBit.Quantization.Calibration;

/// <summary>The extremes of all batches: <c>s = max(max x / (High − z), min x / (Low − z))</c>; nothing seen is clipped.</summary>
public sealed class MinMaxObserver : Observer
{
    /// <inheritdoc/>
    public override string Name => "minmax";

    /// <summary>The smallest value seen.</summary>
    public float Low { get; private set; }

    /// <summary>The largest value seen.</summary>
    public float High { get; private set; }

    /// <inheritdoc/>
    protected override void Take(ReadOnlySpan<float> values)
    {
        (float low, float high) = ValueRange.Of(values);
        Low = Batches == 0 ? low : Math.Min(Low, low);
        High = Batches == 0 ? high : Math.Max(High, high);
    }

    /// <inheritdoc/>
    protected override double Estimate(CodeRange range, int zeroPoint) => SymmetricSteps.Cover(Low, High, range, zeroPoint);
}
