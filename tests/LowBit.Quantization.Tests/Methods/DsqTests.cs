using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class DsqTests
{
    [Theory]
    [InlineData(2, WeightGrid.Narrow, 0.4f, false, true)]
    [InlineData(4, WeightGrid.Narrow, 0.1f, true, true)]
    [InlineData(4, WeightGrid.Narrow, 0.1f, true, false)]
    [InlineData(3, WeightGrid.Odd, 0.4f, false, true)]
    [InlineData(1, WeightGrid.Narrow, 0.2f, false, false)]
    public void Weight_gradients_are_those_of_the_soft_steps(int bits, WeightGrid grid, float alpha, bool perChannel, bool learns)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dsq", Bits = bits, Grid = grid, DsqAlpha = alpha, LearnAlpha = learns, PerChannel = perChannel, ScaleStepGradient = false, Init = "lsq" },
            Samples.Device,
            new Shape(2, 40));
        float[] values = Samples.Normal(80, 30 + bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        CheckSoft(quantizer, w, values, alpha);
    }

    [Theory]
    [InlineData(2, false, true)]
    [InlineData(2, false, false)]
    [InlineData(4, true, true)]
    public void Activation_gradients_are_those_of_the_soft_steps(int bits, bool signed, bool learns)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "dsq", Bits = bits, Signed = signed, LearnAlpha = learns, ScaleStepGradient = false }, Samples.Device);
        float[] values = Samples.Normal(80, 7 + bits);
        Tensor x = Samples.Leaf(values, 2, 40);
        quantizer.Apply(x);
        CheckSoft(quantizer, x, values, 0.4f);
    }

    [Theory]
    [InlineData(0.4f, 1)]
    [InlineData(0.1f, 1)]
    [InlineData(0.5f, 2)]
    public void The_slope_of_a_cell_adds_up_to_one_step(float alpha, int stride)
    {
        var slope = new DsqSlope(stride);
        slope.Begin(alpha);
        const int Points = 20000;
        double sum = 0, least = double.PositiveInfinity, most = 0, change = 0;
        for (int i = 0; i < Points; i++)
        {
            float v = (float)(1 + (stride * (i + 0.5) / Points));
            (double d, double softer) = slope.At<LanesScalar, float>(v, 1, 1, -7, 7);
            sum += d / Points;
            least = Math.Min(least, d);
            most = Math.Max(most, d);

            // Softer steps rise earlier and end the same: dq/dα is odd around the middle and nothing at the ends.
            double mirrored = slope.At<LanesScalar, float>((2 * 1) + stride - v, 1, 1, -7, 7).Change;
            Assert.Equal(0, softer + mirrored, 1e-3);
            change = Math.Max(change, Math.Abs(softer));
            Assert.True(i is not (0 or Points - 1) || Math.Abs(softer) < 1e-2 * stride, $"{softer} at an end");
        }

        // φ runs from −1 to 1 over a cell; at its ends the slope is 1 − (1 − α)² of that in the middle.
        Assert.Equal(1, sum, 1e-5);
        Assert.Equal(1 - Math.Pow(1 - alpha, 2), least / most, 1e-3);
        Assert.True(change > 0.05 * stride);
        Assert.Equal((0f, 0f), slope.At<LanesScalar, float>(7, 7, 1, -7, 7));
        Assert.Equal((0f, 0f), slope.At<LanesScalar, float>(-7.5f, -7, 1, -7, 7));
    }

    [Fact]
    public void Values_are_hard_and_the_slope_is_that_of_the_formula()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "dsq", Bits = 2, ScaleStepGradient = false }, Samples.Device);
        Tensor x = Samples.Leaf([-1f, 0.5f, 1.25f, 9f], 1, 4);
        quantizer.Apply(x);
        Upper(quantizer).CopyFrom([3f]);
        Tensor y = quantizer.Apply(x);
        Assert.Equal([0f, 0f, 1f, 3f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();

        // α = 0.4: k = ln 4, slope k/1.2·sech²(k·t) at t = 0 and −1/4.
        double k = Math.Log(4), middle = k / 1.2, quarter = k / 1.2 / Math.Pow(Math.Cosh(k / 4), 2);
        float[] gx = x.Gradient!.ToArray();
        Assert.Equal((0f, 0f), (gx[0], gx[3]));
        Assert.Equal(middle, gx[1], 1e-5);
        Assert.Equal(quarter, gx[2], 1e-5);
        Assert.Equal((-(0.5 * middle) + 1 - (1.25 * quarter) + 3) / 3, Upper(quantizer).Gradient!.Item(), 1e-5);
    }

    [Theory]
    [InlineData(0.7f, 0.5f)]
    [InlineData(-3f, 1f / 1024)]
    [InlineData(0.25f, 0.25f)]
    public void A_softness_that_the_optimiser_left_outside_its_range_comes_back(float left, float expected)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "dsq" }, Samples.Device, new Shape(2, 4));
        Tensor w = Samples.Leaf(Samples.Normal(8, 3), 2, 4);
        quantizer.Apply(w);
        Assert.Equal(["upper", "alpha"], quantizer.Parameters().Select(p => p.Name));
        Assert.Equal([0.4f], Alpha(quantizer).ToArray());
        Alpha(quantizer).CopyFrom([left]);
        quantizer.Apply(w);
        Assert.Equal([expected], Alpha(quantizer).ToArray());
        Alpha(quantizer).CopyFrom([float.NaN]);
        Assert.Throws<ArithmeticException>(() => quantizer.Apply(w));
    }

    [Fact]
    public void A_fixed_softness_is_no_part_of_the_state()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "dsq", LearnAlpha = false }, Samples.Device, new Shape(2, 4));
        Assert.Equal(["upper"], quantizer.Parameters().Select(p => p.Name));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.6f)]
    [InlineData(float.NaN)]
    public void A_softness_outside_its_range_is_rejected(float alpha)
    {
        var options = new QuantizerOptions { Method = "dsq", DsqAlpha = alpha };
        Assert.Contains("alpha of dsq", Assert.Throws<ArgumentOutOfRangeException>(
            () => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(options, Samples.Device));
    }

    private static Tensor Upper(Quantizer quantizer) => quantizer.Parameters().Single(p => p.Name == "upper").Tensor;

    private static Tensor Alpha(Quantizer quantizer) => quantizer.Parameters().Single(p => p.Name == "alpha").Tensor;

    // Equations 3 to 6 in double precision: the cell and its hard end are frozen, φ is a tanh.
    private static void CheckSoft(Quantizer quantizer, Tensor x, float[] values, float alpha)
    {
        int[] codes = Surrogates.CodesOf(quantizer, values);
        float[] upper0 = Upper(quantizer).ToArray();
        int zero = quantizer.ZeroPoint, low = quantizer.Range.Low - zero, high = quantizer.Range.High - zero, stride = quantizer.Range.Stride;
        int inner = values.Length / upper0.Length;
        Surrogates.Check(quantizer, x, (now, learned) => [.. now.Select((v, i) =>
        {
            double s = learned[0][i / inner] / high, v0 = values[i] / (upper0[i / inner] / (double)high);
            if (v0 <= low || v0 >= high)
            {
                return s * codes[i];
            }

            double middle = low + (stride * (Math.Floor((v0 - low) / stride) + 0.5));
            double Phi(double at, double softness)
            {
                double k = Math.Log((2 / softness) - 1);
                return Math.Tanh(k * (at - middle) / stride) / Math.Tanh(k / 2);
            }

            return s * (codes[i] + (stride * (Phi(v / s, learned.Length > 1 ? learned[1][i / inner] : alpha) - Phi(v0, alpha)) / 2));
        })], step: 1.0 / 32);
    }
}
