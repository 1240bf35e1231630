namespace LowBit.Quantization.StepRules;

/// <summary>
/// <c>s = mean|x|</c>, the least-squares scale of signs: 1-bit weights of XNOR-Net (arXiv:1603.05279, eq. 6) and DoReFa
/// (arXiv:1606.06160, eq. 8).
/// </summary>
public sealed class MeanMagnitudeStep : StepRule
{
    /// <inheritdoc/>
    public override string Name => "mean";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs((double)value);
        }

        return values.IsEmpty ? 0 : sum / values.Length;
    }
}
