using LowBit.Kernels.Rng;
using LowBit.Nn.Models;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Tests.Lowering;
using LowBit.Tensors;
using LowBit.TestKit;

namespace LowBit.Nn.Tests.PostTraining;

/// <summary>A small float model with statistics, the quantized model of the same architecture, and images for both.</summary>
internal sealed class Twins : IDisposable
{
    private readonly PreparedModels _float;
    private readonly PreparedModels _quantized;

    public Twins(string kind, QuantizationPolicy policy, int seed = 1, bool rough = false)
    {
        _float = PreparedModels.Create(kind, null, seed, rough);
        _quantized = PreparedModels.Create(kind, policy, seed + 1, rough: false);
    }

    public Module Reference => _float.Model;

    public Module Quantized => _quantized.Model;

    public PreparedModels Prepared => _quantized;

    public PatternSource Images(int count = 48) => new(count, 16, _float.Size, _float.Channels, PreparedModels.Classes);

    public PostTrainingReport Run(PostTrainingOptions options, int images = 48) => PostTrainingQuantizer.Run(Reference, Quantized, Images(images), options);

    public void Dispose()
    {
        _float.Dispose();
        _quantized.Dispose();
    }

    /// <summary>Logits of a model in evaluation mode.</summary>
    public static float[] Logits(Module model, PatternSource source)
    {
        model.Evaluate();
        using var images = new CalibrationImages(model.Device, source, default);
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            return [.. images.Batches.SelectMany(batch => model.Forward(batch).ToArray())];
        }
    }

    /// <summary>Mean of each channel of a layer's output behind its batch norm, over all images.</summary>
    public static double[] Means(Module model, string path, PatternSource source)
    {
        LayerSite site = ModelStructure.Of(model).Sites.Single(s => s.Path == path);
        var moments = new ChannelMoments(site.OutChannels);
        site.Layer.Probe = (_, y) => moments.Add(y);
        _ = Logits(model, source);
        site.Layer.Probe = null;
        (double[] factor, double[] shift) = site.Affine();
        return [.. factor.Select((f, c) => (f * moments.Mean(c)) + shift[c])];
    }

    /// <summary>
    /// How far the logits of two models may differ that are equal but for float rounding: what random relative changes of the weights by
    /// 3·√K·u do (backward error of sums of K terms, Higham and Mary 2019, theorem 2.4), times 4 for two programs and unlucky directions.
    /// </summary>
    public static double RoundingTolerance(Module model, PatternSource source, int longestSum)
    {
        double size = 3 * Math.Sqrt(longestSum) * Bounds.Unit, tolerance = 0;
        float[] exact = Logits(model, source);
        for (int sample = 0; sample < 3; sample++)
        {
            var kept = new List<(Tensor Tensor, float[] Values)>();
            foreach (Parameter parameter in model.Parameters())
            {
                float[] values = parameter.Tensor.ToArray();
                kept.Add((parameter.Tensor, values));
                var noise = new float[values.Length];
                Philox.FillUniform(new PhiloxKey(31, (ulong)((sample * 1000) + kept.Count)), 0, -1, 1, noise);
                parameter.Tensor.CopyFrom([.. values.Select((v, i) => (float)(v * (1 + (size * noise[i]))))]);
            }

            tolerance = Math.Max(tolerance, 4 * Distance(exact, Logits(model, source)));
            kept.ForEach(pair => pair.Tensor.CopyFrom(pair.Values));
        }

        return tolerance;
    }

    public static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum());
}
