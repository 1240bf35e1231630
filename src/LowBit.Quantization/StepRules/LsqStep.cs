namespace LowBit.Quantization.StepRules;

/// <summary>
/// <c>s = 2·mean|x| / √Qp</c> with Qp the highest code above the zero point; <c>s = mean|x|</c> for ±1, whose levels then have
/// the mean magnitude of the weights (the least-squares scale of a sign). Esser et al. 2020, arXiv:1902.08153, section 2.1.
/// </summary>
/// <remarks>Example: values with mean magnitude 0.5 and codes −7..7 give s = 2·0.5/√7 ≈ 0.378.</remarks>
public sealed class LsqStep : StepRule
{
    /// <inheritdoc/>
    public override string Name => "lsq";

    /// <inheritdoc/>
    protected override double Estimate(ReadOnlySpan<float> values, CodeRange range, int zeroPoint)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Abs((double)value);
        }

        double mean = values.IsEmpty ? 0 : sum / values.Length;
        return range.Stride == 2 && range.High == 1 ? mean : 2 * mean / Math.Sqrt(range.High - zeroPoint);
    }
}
