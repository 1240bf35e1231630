namespace LowBit.Nn.PostTraining;

/// <summary>
/// ACIQ's correction of quantized weights (Banner et al. 2019, arXiv:1810.05723, section 5): for each output channel
/// <c>ŵ ← ξ·ŵ</c> with <c>ξ = std(w)/std(ŵ)</c>.
/// </summary>
/// <remarks>
/// ξ goes into the channel's step, so that no code changes. The paper also adds mean(w) − mean(ŵ) to each weight; weights without a zero
/// point cannot hold that, and what it does to the mean of the outputs is what bias correction does on data. With one step for a
/// layer the deviations are those of the whole layer.
/// </remarks>
public static class WeightCorrection
{
    /// <summary>The corrected step.</summary>
    /// <param name="weights">Float weights that share a step.</param>
    /// <param name="codes">Their codes.</param>
    /// <param name="step">Their step, positive.</param>
    /// <returns><c>step·std(w)/std(ŵ)</c>; the step itself where all codes, or all weights, are equal.</returns>
    /// <exception cref="ArgumentException">There are not as many codes as weights.</exception>
    public static float Step(ReadOnlySpan<float> weights, ReadOnlySpan<sbyte> codes, float step)
    {
        if (weights.Length != codes.Length)
        {
            throw new ArgumentException($"{weights.Length} weights need as many codes, got {codes.Length}", nameof(codes));
        }

        double sum = 0, squares = 0, codeSum = 0, codeSquares = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double w = weights[i], q = codes[i];
            sum += w;
            squares += w * w;
            codeSum += q;
            codeSquares += q * q;
        }

        double deviation = Math.Sqrt(Math.Max(squares - (sum * sum / weights.Length), 0));
        double codeDeviation = Math.Sqrt(Math.Max(codeSquares - (codeSum * codeSum / weights.Length), 0));
        return deviation > 0 && codeDeviation > 0 ? (float)(deviation / codeDeviation) : step;
    }
}
