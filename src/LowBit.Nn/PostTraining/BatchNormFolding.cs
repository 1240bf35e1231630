using LowBit.Nn.Layers;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Folds batch norms into the weights in front of them: <c>w ← |γ|/√(σ² + ε)·w</c> for each output channel. The norm keeps γ and β and gets
/// the statistics of the folded layer, <c>μ ← |factor|·μ</c> and <c>σ² ← γ² − ε</c>, so that its factor becomes the sign of γ.
/// </summary>
/// <remarks>
/// Jacob et al. 2018, arXiv:1712.05877, section 3.2. Only for post-training quantization: training never folds. The sign stays in the
/// norm, because it would turn the weights' range around; γ and β stay, so that <see cref="BatchNormReestimation"/> still knows the
/// deviation and the mean that the channel had in training. With a step for each output channel folding multiplies the step and changes no
/// code; with one step for a layer it decides which channels lose. A channel with <c>γ² &lt; 2ε</c>, which is nearly constant, stays as it is. The
/// function of the model changes by float rounding only: a factor differs from ±1 by at most 2^−24.
/// </remarks>
public static class BatchNormFolding
{
    /// <summary>Folds every batch norm that follows a layer with weights.</summary>
    /// <param name="model">The float model; changed.</param>
    /// <returns>How many channels were folded.</returns>
    /// <exception cref="ArgumentException">The model's structure is not known.</exception>
    public static int Fold(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int folded = 0;
        foreach (LayerSite site in ModelStructure.Of(model).Sites)
        {
            folded += site.Norm is null ? 0 : Fold(site, site.Norm);
        }

        return folded;
    }

    private static int Fold(LayerSite site, BatchNorm2d norm)
    {
        (double[] factor, _) = site.Affine();
        float[] weight = site.Weight.ToArray(), gamma = norm.Gamma.ToArray(), mean = norm.RunningMean.ToArray(), variance = norm.RunningVariance.ToArray();
        float[]? bias = site.Bias?.ToArray();
        int row = weight.Length / factor.Length, folded = 0;
        for (int c = 0; c < factor.Length; c++)
        {
            double square = (double)gamma[c] * gamma[c], scale = Math.Abs(factor[c]);
            if (square < 2 * norm.Epsilon)
            {
                continue;
            }

            Multiply(weight.AsSpan(c * row, row), scale);
            mean[c] = (float)(mean[c] * scale);
            variance[c] = (float)(square - norm.Epsilon);
            if (bias is not null)
            {
                bias[c] = (float)(bias[c] * scale);
            }

            folded++;
        }

        site.Weight.CopyFrom(weight);
        norm.RunningMean.CopyFrom(mean);
        norm.RunningVariance.CopyFrom(variance);
        if (bias is not null)
        {
            site.Bias!.CopyFrom(bias);
        }

        return folded;
    }

    internal static void Multiply(Span<float> values, double factor)
    {
        foreach (ref float value in values)
        {
            value = (float)(value * factor);
        }
    }
}
