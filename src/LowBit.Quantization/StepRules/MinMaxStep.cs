using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>The smallest step whose levels reach the extremes: <c>s = max(max x / (High − z), min x / (Low − z))</c>; nothing is clipped.</summary>
public sealed class MinMaxStep : StepRule
{
    /// <inheritdoc/>
    public override string Name => "minmax";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        (float low, float high) = ValueRange.Of(values);
        return SymmetricSteps.Cover(low, high, range, zeroPoint);
    }
}
