namespace LowBit.Quantization.StepRules;

/// <summary>A step that does not look at the values: <c>s = range / (High − z)</c> for a fixed real range, for example 1 for DoReFa or PACT's first α.</summary>
public sealed class ConstantStep : StepRule
{
    private readonly float _top;

    /// <summary>Fixes the real value of the highest code.</summary>
    /// <param name="top">Positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="top"/> is not positive and finite.</exception>
    public ConstantStep(float top)
    {
        if (!(top > 0 && float.IsFinite(top)))
        {
            throw new ArgumentOutOfRangeException(nameof(top), top, $"the top of a quantizer's range is positive and finite, got {top}");
        }

        _top = top;
    }

    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint) => (double)_top / (range.High - zeroPoint);
}
