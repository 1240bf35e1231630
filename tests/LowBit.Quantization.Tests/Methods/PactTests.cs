using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class PactTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Gradients_are_those_of_the_clipping(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", Bits = bits, ClipStart = 1.5f }, Samples.Device);
        float[] values = Samples.Normal(90, bits, 2);
        Tensor x = Samples.Leaf(values, 2, 45);
        quantizer.Apply(x);
        Surrogates.Check(
            quantizer,
            x,
            Surrogates.CodesOf(quantizer, values),
            static (x, alpha, x0, alpha0, _) => x0 < 0 ? 0 : x0 >= alpha0 ? alpha : x);
    }

    [Fact]
    public void Edges_belong_where_the_paper_puts_them()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", Bits = 2, ClipStart = 3 }, Samples.Device);
        Tensor x = Samples.Leaf([-1f, 0f, 0.6f, 2.6f, 3f, 9f], 1, 6);
        Tensor y = quantizer.Apply(x);
        Assert.Equal([0f, 0f, 1f, 3f, 3f, 3f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, [1f, 2f, 3f, 4f, 5f, 6f], 1, 6)).Backward();
        Assert.Equal([0f, 2f, 3f, 4f, 0f, 0f], x.Gradient!.ToArray());
        Assert.Equal(11f, Alpha(quantizer).Gradient!.Item(), 1e-5f);
    }

    [Fact]
    public void Alpha_starts_where_the_options_say()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", ClipStart = 6 }, Samples.Device);
        quantizer.Apply(Tensor.FromArray(Samples.Device, [1f], 1, 1));
        Assert.Equal(6f, Alpha(quantizer).Item(), 6 * 2 * (float)Bounds.Unit);
        Assert.Equal(Alpha(quantizer).Item() / 15, quantizer.Export().Step);
    }

    [Fact]
    public void The_penalty_pulls_alpha_down()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "pact", Bits = 1, ClipStart = 4, ClipPenalty = 0.25f }, Samples.Device);
        quantizer.Apply(Tensor.FromArray(Samples.Device, [1f], 1, 1));
        Tensor penalty = quantizer.Penalty()!;
        Assert.Equal(2f, penalty.Item());
        penalty.Backward();
        Assert.Equal(1f, Alpha(quantizer).Gradient!.Item());
    }

    [Fact]
    public void Only_pact_with_a_factor_has_a_penalty()
    {
        using ActivationQuantizer without = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", ClipPenalty = 0 }, Samples.Device);
        Assert.Null(without.Penalty());
        using ActivationQuantizer lsq = QuantizerFactory.Activation(new QuantizerOptions(), Samples.Device);
        Assert.Null(lsq.Penalty());
    }

    [Fact]
    public void A_negative_alpha_is_used_positive()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", Bits = 1 }, Samples.Device);
        Tensor x = Tensor.FromArray(Samples.Device, [9f], 1, 1);
        quantizer.Apply(x);
        Alpha(quantizer).CopyFrom([-2f]);
        Assert.Equal(2f, quantizer.Apply(x).Item());
        Assert.Equal(2f, Alpha(quantizer).Item());
    }

    [Fact]
    public void Weights_are_those_of_dorefa()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "pact" }, Samples.Device, new Shape(2, 2));
        Assert.Equal("dorefa", quantizer.Kind);
    }

    private static Tensor Alpha(ActivationQuantizer quantizer) => quantizer.Parameters().Single(static p => p.Name == "alpha").Tensor;
}
