using System.Numerics;
using LowBit.Quantization.Calibration;

namespace LowBit.Quantization.StepRules;

/// <summary>The step whose highest level stands at the cut of least information loss, as <see cref="KlObserver"/> defines it.</summary>
/// <remarks>
/// The histogram has about twice as many bins as there are values (512 to 4096). A channel of a few hundred weights leaves most of
/// them empty, so that the rule seldom clips there; it is meant for whole layers and activations.
/// </remarks>
public sealed class KlStep : StepRule
{
    /// <inheritdoc/>
    public override string Name => "kl";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        var histogram = new StreamingHistogram((int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(2 * values.Length, 512, StreamingHistogram.DefaultBins)));
        histogram.Add(values);
        return KlObserver.Step(histogram, range, zeroPoint);
    }
}
