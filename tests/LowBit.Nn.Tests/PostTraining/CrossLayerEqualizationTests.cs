using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Tests.Lowering;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class CrossLayerEqualizationTests
{
    [Theory]
    [InlineData("mlp", true)]
    [InlineData("lenet5", false)]
    [InlineData("vgg7", true)]
    [InlineData("resnet20a", true)]
    [InlineData("resnet20b", false)]
    public void Equalising_keeps_the_function_and_makes_ranges_equal(string kind, bool rough)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, null, seed: 3, rough);
        var source = new PatternSource(16, 16, prepared.Size, prepared.Channels, PreparedModels.Classes);

        // A chain is scaled in rounds, each of which rounds a weight twice.
        double tolerance = Twins.RoundingTolerance(prepared.Model, source, longestSum: 300 + CrossLayerEqualization.Rounds);
        float[] before = Twins.Logits(prepared.Model, source);
        double apart = Apart(prepared.Model);
        int pairs = CrossLayerEqualization.Equalize(prepared.Model);
        Assert.Equal(ModelStructure.Of(prepared.Model).Pairs.Count, pairs);
        Assert.InRange(Twins.Distance(before, Twins.Logits(prepared.Model, source)), 0, tolerance);
        Assert.True(tolerance < 1e-2 * Twins.Distance(before, new float[before.Length]), "the tolerance says nothing");
        Assert.True(apart > 1.2, $"the ranges were equal before: {apart}");
        Assert.InRange(Apart(prepared.Model), 1, 1.00001);
    }

    [Fact]
    public void Layers_without_norms_and_grouped_ones_are_scaled_by_themselves()
    {
        CpuDevice device = CpuDevice.Shared;
        using var model = new Sequential(
            new Conv2d(device, new ConvOptions(3, 8, 3, Padding: 1, Bias: true)), new Relu(device),
            new Conv2d(device, new ConvOptions(8, 8, 3, Groups: 8, Bias: true)), new Relu(device),
            new Conv2d(device, new ConvOptions(8, 4, 3, Groups: 2, Bias: true)), new Flatten(device), new Linear(device, 64, 3));
        model.Initialize(4);
        int index = 0;
        foreach (Parameter parameter in model.Parameters())
        {
            // Rows of very different sizes.
            float[] values = parameter.Tensor.ToArray(), noise = new float[values.Length];
            Philox.FillUniform(new PhiloxKey(9, (ulong)index++), 0, 0.1f, 4, noise);
            int row = values.Length / parameter.Tensor.Shape[0];
            parameter.Tensor.CopyFrom([.. values.Select((v, i) => (parameter.Role == ParameterRole.Bias ? 0.3f : v) * noise[i / row])]);
        }

        var source = new PatternSource(8, 8, 8, 3, 3);
        double tolerance = Twins.RoundingTolerance(model, source, longestSum: 72 + CrossLayerEqualization.Rounds);
        float[] before = Twins.Logits(model, source);
        Assert.Equal(2, CrossLayerEqualization.Equalize(model));
        Assert.InRange(Twins.Distance(before, Twins.Logits(model, source)), 0, tolerance);
        Assert.InRange(Apart(model), 1, 1.00001);
        Assert.True(tolerance < 1e-2 * Twins.Distance(before, new float[before.Length]), "the tolerance says nothing");
    }

    [Fact]
    public void Dead_channels_keep_their_scale()
    {
        CpuDevice device = CpuDevice.Shared;
        using var first = new Linear(device, 2, 3);
        using var model = new Sequential(first, new Relu(device), new Linear(device, 3, 2));
        first.Weight.CopyFrom([0, 0, 4, 1, 1e-9f, 0]);
        first.Bias!.CopyFrom([5, 0, 7]);
        ((Linear)model.Children[2].Module).Weight.CopyFrom([1, 1, 1, 1, 0.5f, 1]);
        CrossLayerEqualization.Equalize(model);
        Assert.Equal([5f, 0f, 7f], first.Bias.ToArray());
        Assert.Equal([0f, 0f, 2f, 0.5f, 1e-9f, 0f], first.Weight.ToArray());
        Assert.Equal([1f, 2f, 1f, 1f, 1f, 1f], ((Linear)model.Children[2].Module).Weight.ToArray());
    }

    /// <summary>The largest ratio between the two ranges of a live channel.</summary>
    private static double Apart(Module model)
    {
        double apart = 1;
        foreach ((LayerSite first, LayerSite second) in ModelStructure.Of(model).Pairs)
        {
            double[] rows = CrossLayerEqualization.RowRanges(first), columns = CrossLayerEqualization.ColumnRanges(second, rows.Length);
            for (int c = 0; c < rows.Length; c++)
            {
                if (rows[c] > 1e-6 * rows.Max() && columns[c] > 1e-6 * columns.Max())
                {
                    apart = Math.Max(apart, Math.Max(rows[c] / columns[c], columns[c] / rows[c]));
                }
            }
        }

        return apart;
    }
}
