using LowBit.Nn.Layers;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Tests.Lowering;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class BatchNormFoldingTests
{
    [Theory]
    [InlineData("mlp")]
    [InlineData("vgg7")]
    [InlineData("resnet20a")]
    [InlineData("resnet20b")]
    public void Folding_keeps_the_function_and_leaves_the_sign_in_the_norm(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, null, seed: 2);
        var source = new PatternSource(16, 16, prepared.Size, prepared.Channels, PreparedModels.Classes);
        double tolerance = Twins.RoundingTolerance(prepared.Model, source, longestSum: 300);
        float[] before = Twins.Logits(prepared.Model, source);
        int folded = BatchNormFolding.Fold(prepared.Model);
        float[] after = Twins.Logits(prepared.Model, source);
        Assert.InRange(Twins.Distance(before, after), 0, tolerance);
        Assert.True(tolerance < 1e-2 * Twins.Distance(before, new float[before.Length]), "the tolerance says nothing");

        // All but the channels that the norms make (nearly) constant have a factor of ±1, some of them −1.
        int ones = 0, negative = 0, constant = 0;
        foreach (LayerSite site in ModelStructure.Of(prepared.Model).Sites.Where(site => site.Norm is not null))
        {
            float[] gamma = site.Norm!.Gamma.ToArray();
            (double[] factor, _) = site.Affine();
            for (int c = 0; c < gamma.Length; c++)
            {
                if (gamma[c] * gamma[c] < 2 * site.Norm.Epsilon)
                {
                    constant++;
                    continue;
                }

                Assert.Equal(Math.Sign(gamma[c]), factor[c], 2 * Bounds.Unit);
                ones++;
                negative += factor[c] < 0 ? 1 : 0;
            }
        }

        Assert.Equal(folded, ones);
        Assert.True(negative > 0 && constant > 0);
    }

    [Fact]
    public void With_a_step_for_each_channel_folding_changes_no_code()
    {
        using PreparedModels prepared = PreparedModels.Create("vgg7", null, seed: 5, rough: false);
        LayerSite site = ModelStructure.Of(prepared.Model).Sites[2];
        sbyte[] before = Codes(site);
        Assert.True(BatchNormFolding.Fold(prepared.Model) > 0);
        sbyte[] after = Codes(site);

        // A weight within float rounding of a tie may go the other way; there is none here.
        Assert.Equal(before, after);
    }

    [Fact]
    public void Folding_twice_changes_nothing_more()
    {
        using PreparedModels prepared = PreparedModels.Create("lenet5", null, seed: 5, rough: false);
        int first = BatchNormFolding.Fold(prepared.Model);
        float[] weights = ((Conv2d)prepared.Model.Modules().Single(m => m.Path == "conv2").Module).Weight.ToArray();
        Assert.Equal(first, BatchNormFolding.Fold(prepared.Model));
        float[] again = ((Conv2d)prepared.Model.Modules().Single(m => m.Path == "conv2").Module).Weight.ToArray();
        Assert.All(weights.Zip(again), pair => Assert.Equal(pair.First, pair.Second, Math.Abs(pair.First) * 4 * Bounds.Unit));
    }

    private static sbyte[] Codes(LayerSite site)
    {
        using var quantizer = LowBit.Quantization.QuantizerFactory.Weight(
            new LowBit.Quantization.QuantizerOptions { Bits = 4, PerChannel = true }, site.Layer.Device, site.Weight.Shape);
        quantizer.Calibrate(site.Weight, new LowBit.Quantization.StepRules.MinMaxStep());
        return quantizer.Export(site.Weight).Codes;
    }
}
