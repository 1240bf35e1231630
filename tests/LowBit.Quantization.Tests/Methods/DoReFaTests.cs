using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class DoReFaTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_odd_grid_is_the_formula_of_the_paper(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dorefa", Bits = bits, Grid = WeightGrid.Odd }, Samples.Device, new Shape(4, 50));
        float[] w = Samples.Normal(200, 31);
        float[] y = quantizer.Apply(Tensor.FromArray(Samples.Device, w, 4, 50)).ToArray();
        double largest = w.Max(static v => Math.Abs(Math.Tanh(v)));
        double mean = w.Average(static v => Math.Abs((double)v));
        double levels = Math.Pow(2, bits) - 1;
        for (int i = 0; i < w.Length; i++)
        {
            double shifted = (Math.Tanh(w[i]) / (2 * largest)) + 0.5;
            if (bits > 1 && Math.Abs((levels * shifted) - Math.Floor(levels * shifted) - 0.5) < 1e-5)
            {
                // Half way between two levels the paper's tie goes to even, ours up.
                continue;
            }

            double paper = bits == 1 ? (w[i] >= 0 ? mean : -mean) : (2 * Math.Round(levels * shifted) / levels) - 1;
            Assert.Equal(paper, y[i], Bounds.Relative(paper, 4));
        }
    }

    [Theory]
    [InlineData(2, WeightGrid.Narrow)]
    [InlineData(4, WeightGrid.Narrow)]
    [InlineData(3, WeightGrid.Odd)]
    public void Weight_gradients_go_through_tanh_and_not_through_the_maximum(int bits, WeightGrid grid)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dorefa", Bits = bits, Grid = grid }, Samples.Device, new Shape(2, 40));
        float[] values = Samples.Normal(80, bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        double largest = values.Max(static v => Math.Abs(Math.Tanh(v)));
        Surrogates.Check(quantizer, w, new int[80], (x, _, _, _, _) => Math.Tanh(x) / largest);
    }

    [Fact]
    public void One_bit_weights_are_signs_times_the_mean_of_each_channel()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dorefa", Bits = 1, PerChannel = true }, Samples.Device, new Shape(2, 2));
        Tensor w = Samples.Leaf([0.5f, -1.5f, 2f, 4f], 2, 2);
        Tensor y = quantizer.Apply(w);
        Assert.Equal([1f, -1f, 3f, 3f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, [1f, 2f, 3f, 4f], 2, 2)).Backward();
        Assert.Equal([1f, 2f, 3f, 4f], w.Gradient!.ToArray());
    }

    [Fact]
    public void Zero_weights_stay_zero_on_the_narrow_grid()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "dorefa" }, Samples.Device, new Shape(1, 3));
        Assert.Equal([0f, 0f, 0f], quantizer.Apply(Tensor.Zeros(Samples.Device, 1, 3)).ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Activations_are_clipped_to_0_and_1(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "dorefa", Bits = bits }, Samples.Device);
        Tensor x = Samples.Leaf([-0.5f, 0f, 0.49f, 0.51f, 0.9f, 1.5f], 1, 6);
        Tensor y = quantizer.Apply(x);
        double levels = Math.Pow(2, bits) - 1;
        float[] values = x.ToArray();
        for (int i = 0; i < 6; i++)
        {
            double expected = Math.Round(levels * Math.Clamp(values[i], 0, 1)) / levels;
            Assert.Equal(expected, y.ToArray()[i], Bounds.Relative(expected, 2));
        }

        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 2)).Backward();
        Assert.Equal([0f, 2f, 2f, 2f, 2f, 0f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Eight_bits_have_no_odd_grid()
    {
        var options = new QuantizerOptions { Method = "dorefa", Bits = 8, Grid = WeightGrid.Odd };
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2)));
    }
}
