using LowBit.Nn.Layers;
using LowBit.Nn.Training;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Takes the statistics of every batch norm anew from images: mean and unbiased variance of what enters it, over all of them, layer by layer in
/// order, so that each norm sees what its quantized and already re-estimated predecessors make.
/// </summary>
/// <remarks>
/// Weight rounding moves mean and variance of a layer's outputs; the norm then no longer gives β and γ² as it did in training. The last step of
/// relaxed quantization (Louizos et al. 2019, arXiv:1810.01875). Needs no label and no gradient.
/// </remarks>
public static class BatchNormReestimation
{
    /// <summary>Re-estimates all norms behind layers with weights.</summary>
    /// <param name="model">A model whose quantizers, if any, have their steps; its running statistics change, it ends in evaluation mode.</param>
    /// <param name="source">The images, without augmentation; one epoch is read.</param>
    /// <param name="token">Stops between batches; norms done so far stay changed.</param>
    /// <exception cref="ArgumentException">The model's structure is not known.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Run(Module model, IBatchSource source, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        IReadOnlyList<LayerSite> sites = ModelStructure.Of(model).Sites;
        model.Evaluate();
        using var images = new CalibrationImages(model.Device, source, token);
        using var run = new StagedRun(model, images.Batches);
        while (!run.IsAtEnd)
        {
            foreach (LayerSite site in LayerWork.SitesOf(sites, run.Stages[run.Current].Path))
            {
                if (site.Norm is { } norm)
                {
                    var moments = new ChannelMoments(site.OutChannels);
                    run.Visit(site.Layer, (_, y) => moments.Add(y), token);
                    Set(norm, moments);
                }
            }

            run.Advance(token);
        }
    }

    internal static void Set(BatchNorm2d norm, ChannelMoments moments)
    {
        float[] mean = new float[norm.Gamma.Length], variance = new float[norm.Gamma.Length];
        for (int c = 0; c < mean.Length; c++)
        {
            mean[c] = (float)moments.Mean(c);
            variance[c] = (float)moments.Variance(c);
        }

        norm.RunningMean.CopyFrom(mean);
        norm.RunningVariance.CopyFrom(variance);
    }
}
