using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.PostTraining;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class BatchNormReestimationTests
{
    [Theory]
    [InlineData("mlp")]
    [InlineData("resnet20b")]
    public void Statistics_become_those_of_the_images_layer_by_layer(string kind)
    {
        using var twins = new Twins(kind, QuantizationPolicy.Uniform(2, 3));
        twins.Run(new PostTrainingOptions());
        PatternSource source = twins.Images(40);
        float[] before = [.. ModelStructure.Of(twins.Quantized).Sites.SelectMany(site => site.Norm?.RunningMean.ToArray() ?? [])];
        BatchNormReestimation.Run(twins.Quantized, source);
        int moved = 0;
        IReadOnlyList<LayerSite> sites = ModelStructure.Of(twins.Quantized).Sites;
        var values = sites.ToDictionary(site => site.Path, _ => new List<float>());
        foreach (LayerSite site in sites)
        {
            site.Layer.Probe = (_, y) => values[site.Path].AddRange(y.ToArray());
        }

        _ = Twins.Logits(twins.Quantized, source);
        int at = 0;
        foreach (LayerSite site in sites.Where(site => site.Norm is not null))
        {
            float[] mean = site.Norm!.RunningMean.ToArray(), variance = site.Norm.RunningVariance.ToArray();
            for (int c = 0; c < mean.Length; c++)
            {
                // Two passes, as the definition says.
                double[] channel = [.. values[site.Path].Where((_, i) => i % mean.Length == c).Select(v => (double)v)];
                double average = channel.Average();
                double square = channel.Sum(v => (v - average) * (v - average)) / (channel.Length - 1);
                Assert.Equal(average, mean[c], 1e-7 * Math.Sqrt(average * average + square));
                Assert.Equal(square, variance[c], 1e-6 * (square + (average * average)));
                moved += Math.Abs(mean[c] - before[at++]) > 1e-3 ? 1 : 0;
            }
        }

        Assert.True(moved > before.Length / 4, $"only {moved} means moved");
    }

    [Fact]
    public void Depth_and_order_do_not_matter_for_a_single_norm()
    {
        CpuDevice device = CpuDevice.Shared;
        using var norm = new BatchNorm2d(device, 2);
        using var model = new Sequential(new Conv2d(device, new ConvOptions(1, 2, 1)), norm, new Flatten(device));
        ((Conv2d)model.Children[0].Module).Weight.CopyFrom([1, -2]);
        BatchNormReestimation.Run(model, new PatternSource(7, 3, 2, 1, 2));
        Assert.Equal(-2 * norm.RunningMean.ToArray()[0], norm.RunningMean.ToArray()[1], 1e-6f);
        Assert.Equal(4 * norm.RunningVariance.ToArray()[0], norm.RunningVariance.ToArray()[1], 1e-5f);
    }
}
