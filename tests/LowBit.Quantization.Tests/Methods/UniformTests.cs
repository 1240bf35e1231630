using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class UniformTests
{
    [Fact]
    public void The_step_follows_the_weights()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "uniform", PerChannel = true }, Samples.Device, new Shape(2, 2));
        Tensor w = Tensor.FromArray(Samples.Device, [7f, 1f, -14f, 3f], 2, 2);
        quantizer.Apply(w);
        Assert.Equal([1f, 2f], quantizer.Step.ToArray());
        w.CopyFrom([0.7f, 0.1f, 1.4f, 0.3f]);
        quantizer.Apply(w);
        Assert.Equal([0.1f, 0.2f], quantizer.Step.ToArray(), new WithinUlps());
    }

    [Theory]
    [InlineData(2, "minmax")]
    [InlineData(4, "minmax")]
    [InlineData(3, "mse")]
    public void Gradients_pass_where_nothing_is_clipped(int bits, string init)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "uniform", Bits = bits, Init = init }, Samples.Device, new Shape(2, 60));
        float[] values = Samples.Normal(120, bits);
        Tensor w = Samples.Leaf(values, 2, 60);
        quantizer.Apply(w);
        double edge = (quantizer.Range.High + 0.5) * quantizer.Step.Item();
        int clipped = values.Count(v => Math.Abs(v) > edge);
        Assert.Equal(init == "mse", clipped > 0);
        Surrogates.Check(quantizer, w, Surrogates.CodesOf(quantizer, values), (x, _, x0, _, code) => Math.Abs(x0) > edge ? 0 : x);
    }

    [Fact]
    public void The_largest_weight_keeps_its_gradient()
    {
        using TensorScope scope = TensorScope.Begin();
        for (int i = 1; i <= 200; i++)
        {
            using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "uniform" }, Samples.Device, new Shape(1, 2));
            Tensor w = Samples.Leaf([i / 77f, 0.01f], 1, 2);
            Tensor y = quantizer.Apply(w);
            GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
            Assert.Equal([1f, 1f], w.Gradient!.ToArray());
        }
    }

    [Fact]
    public void Activation_ranges_move_in_training_only()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "uniform", Bits = 1, Momentum = 0.75 }, Samples.Device);
        Tensor first = Tensor.FromArray(Samples.Device, [0f, 4f], 1, 2);
        Tensor second = Tensor.FromArray(Samples.Device, [0f, 8f], 1, 2);
        quantizer.Apply(first);
        Assert.Equal(4f, quantizer.Step.Item());
        using (NoGradient.Begin())
        {
            quantizer.Apply(second);
        }

        quantizer.Training = false;
        quantizer.Apply(second);
        Assert.Equal(4f, quantizer.Step.Item());
        quantizer.Training = true;
        quantizer.Apply(second);
        Assert.Equal(5f, quantizer.Step.Item());
    }

    [Fact]
    public void A_backward_pass_uses_the_step_of_its_own_forward_pass()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "uniform", Bits = 2, Momentum = 0 }, Samples.Device);
        Tensor x = Samples.Leaf([1f, 3f], 1, 2);
        Tensor y = quantizer.Apply(x);
        // Another batch lowers the step to 0.01; with it, both elements of the first would be clipped.
        quantizer.Apply(Tensor.FromArray(Samples.Device, [0f, 0.03f], 1, 2));
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.Equal([1f, 1f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Batches_that_are_not_finite_are_rejected_and_change_nothing()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "uniform" }, Samples.Device);
        quantizer.Name = "layer3";
        quantizer.Apply(Tensor.FromArray(Samples.Device, [1f, 2f], 1, 2));
        float before = quantizer.Step.Item();
        var error = Assert.Throws<ArithmeticException>(() => quantizer.Apply(Tensor.FromArray(Samples.Device, [1f, float.PositiveInfinity], 1, 2)));
        Assert.Contains("layer3", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, quantizer.Step.Item());
    }

    [Fact]
    public void Activations_can_keep_the_step_of_the_first_batch()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "uniform", Bits = 1, Init = "minmax" }, Samples.Device);
        quantizer.Apply(Tensor.FromArray(Samples.Device, [0f, 4f], 1, 2));
        quantizer.Apply(Tensor.FromArray(Samples.Device, [0f, 40f], 1, 2));
        Assert.Equal(4f, quantizer.Step.Item());
    }

    private sealed class WithinUlps : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - (double)y) <= Bounds.Relative(x, 2);

        public int GetHashCode(float value) => 0;
    }
}
