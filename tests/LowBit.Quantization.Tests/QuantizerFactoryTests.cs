using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class QuantizerFactoryTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(int.MaxValue)]
    public void Bits_outside_1_to_8_are_rejected_by_every_method(int bits)
    {
        foreach (string method in QuantizerFactory.Methods)
        {
            var options = new QuantizerOptions { Method = method, Bits = bits };
            var weights = Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2)));
            Assert.Contains($"1 to 8 bits, got {bits}", weights.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(options, Samples.Device));
        }
    }

    [Fact]
    public void Unknown_names_are_rejected_with_the_known_ones()
    {
        var method = Assert.Throws<ArgumentException>(() => QuantizerFactory.Weight(new QuantizerOptions { Method = "lsg" }, Samples.Device, new Shape(2, 2)));
        Assert.Contains("'lsg'; use lsq, pact, dorefa, uniform", method.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "lsg" }, Samples.Device));
        var init = Assert.Throws<ArgumentException>(() => QuantizerFactory.Activation(new QuantizerOptions { Init = "best" }, Samples.Device));
        Assert.Contains("'best'", init.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => QuantizerFactory.Weight(new QuantizerOptions { Grid = (WeightGrid)9 }, Samples.Device, new Shape(2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => QuantizerFactory.Activation(new QuantizerOptions { Init = "percentile", Percentile = 101 }, Samples.Device));
    }

    [Theory]
    [InlineData("lsq", "lsq")]
    [InlineData("minmax", "minmax")]
    [InlineData("mse", "mse")]
    [InlineData("percentile", "percentile")]
    public void The_first_step_can_be_chosen(string init, string rule)
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Init = init }, Samples.Device, new Shape(2, 50));
        Assert.Equal(rule, quantizer.Rule.Name);
        using TensorScope scope = TensorScope.Begin();
        float[] values = Samples.Normal(100, 4);
        quantizer.Apply(Tensor.FromArray(Samples.Device, values, 2, 50));
        Assert.Equal(quantizer.Rule.Step(values, quantizer.Range), quantizer.Step.Item());
    }

    [Fact]
    public void Options_decide_bits_and_channels()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dorefa", Bits = 5, PerChannel = true }, Samples.Device, new Shape(7, 3, 3, 2));
        Assert.Equal((5, 7, "dorefa", "tanh"), (quantizer.Bits, quantizer.Step.Length, quantizer.Kind, quantizer.Transform.Name));
    }
}
