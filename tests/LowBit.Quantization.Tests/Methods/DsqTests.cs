using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class DsqTests
{
    [Theory]
    [InlineData(2, WeightGrid.Narrow, 0.4f, false)]
    [InlineData(4, WeightGrid.Narrow, 0.1f, true)]
    [InlineData(3, WeightGrid.Odd, 0.4f, false)]
    [InlineData(1, WeightGrid.Narrow, 0.2f, false)]
    public void Weight_gradients_are_those_of_the_soft_steps(int bits, WeightGrid grid, float alpha, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "dsq", Bits = bits, Grid = grid, DsqAlpha = alpha, PerChannel = perChannel, ScaleStepGradient = false, Init = "lsq" },
            Samples.Device,
            new Shape(2, 40));
        float[] values = Samples.Normal(80, 30 + bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        CheckSoft(quantizer, w, values, alpha);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void Activation_gradients_are_those_of_the_soft_steps(int bits, bool signed)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "dsq", Bits = bits, Signed = signed, ScaleStepGradient = false }, Samples.Device);
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
        var slope = new DsqSlope(alpha, stride);
        const int Points = 20000;
        double sum = 0, least = double.PositiveInfinity, most = 0;
        for (int i = 0; i < Points; i++)
        {
            float v = (float)(1 + (stride * (i + 0.5) / Points));
            double d = slope.Slope<LanesScalar, float>(v, 1, 1, -7, 7);
            sum += d / Points;
            least = Math.Min(least, d);
            most = Math.Max(most, d);
        }

        // φ runs from −1 to 1 over a cell; at its ends the slope is 1 − (1 − α)² of that in the middle.
        Assert.Equal(1, sum, 1e-5);
        Assert.Equal(1 - Math.Pow(1 - alpha, 2), least / most, 1e-3);
        Assert.Equal(0, slope.Slope<LanesScalar, float>(7, 7, 1, -7, 7));
        Assert.Equal(0, slope.Slope<LanesScalar, float>(-7.5f, -7, 1, -7, 7));
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

    private static Tensor Upper(Quantizer quantizer) => quantizer.Parameters().Single().Tensor;

    // Equations 3 to 6 in double precision: the cell and its hard end are frozen, φ is a tanh.
    private static void CheckSoft(Quantizer quantizer, Tensor x, float[] values, float alpha)
    {
        int[] codes = Surrogates.CodesOf(quantizer, values);
        float[] upper0 = Upper(quantizer).ToArray();
        int zero = quantizer.ZeroPoint, low = quantizer.Range.Low - zero, high = quantizer.Range.High - zero, stride = quantizer.Range.Stride;
        int inner = values.Length / upper0.Length;
        double k = Math.Log((2.0 / alpha) - 1);
        Surrogates.Check(quantizer, x, (now, learned) => [.. now.Select((v, i) =>
        {
            double s = learned[0][i / inner] / high, v0 = values[i] / (upper0[i / inner] / (double)high);
            if (v0 <= low || v0 >= high)
            {
                return s * codes[i];
            }

            double middle = low + (stride * (Math.Floor((v0 - low) / stride) + 0.5));
            double Phi(double at) => Math.Tanh(k * (at - middle) / stride) / Math.Tanh(k / 2);
            return s * (codes[i] + (stride * (Phi(v / s) - Phi(v0)) / 2));
        })], step: 1.0 / 32);
    }
}
