using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class LsqPlusTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Activation_gradients_are_those_of_the_paper(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Quantizer(bits, scaled: false);
        float[] values = Array.ConvertAll(Samples.Normal(120, 20 + bits), static v => v + 0.7f);
        Tensor x = Samples.Leaf(values, 3, 40);
        quantizer.Apply(x);
        int zero = quantizer.ZeroPoint;
        Assert.InRange(zero, bits == 1 ? 0 : 1, quantizer.Range.High - 1);

        // Equations 1 to 5 of the paper with the real offset β = −s·z as it is at the start, in double precision: x_hat = s·round(v) + β.
        double s0 = quantizer.Step.Item(), beta0 = -s0 * zero;
        int high = quantizer.Range.High;
        Surrogates.Check(quantizer, x, (now, learned) => [.. now.Select((v, i) =>
        {
            (double s, double beta) = (learned[0][0], learned[1][0]);
            double v0 = (values[i] - beta0) / s0;
            return v0 <= 0 ? beta : v0 >= high ? (s * high) + beta : v + (s * (Math.Round(v0) - v0));
        })], step: 1.0 / 8);
    }

    [Fact]
    public void Values_and_gradients_by_hand()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Quantizer(2, scaled: false);
        Tensor x = Samples.Leaf([-2f, -0.6f, 0f, 0.3f, 0.9f, 5f], 1, 6);
        quantizer.Apply(x);
        Set(quantizer, 0.5f, -0.5f);

        // z = round(0.5/0.5) = 1: levels −0.5, 0, 0.5, 1.
        Tensor y = quantizer.Apply(x);
        Assert.Equal([-0.5f, -0.5f, 0f, 0.5f, 1f, 1f], y.ToArray());
        Assert.Equal((0.5f, 1, 0, 3), quantizer.Export());
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.Equal([0f, 0f, 1f, 1f, 1f, 0f], x.Gradient!.ToArray());

        // Clipped below (code 0) twice, above (code 3) once; inside q − v: 0, 1 − 0.6, 2 − 1.8.
        Assert.Equal(0 + 0 + 3 + 0 + 0.4f + 0.2f, Parameter(quantizer, "step").Gradient!.Item(), 1e-5f);
        Assert.Equal(3f, Parameter(quantizer, "offset").Gradient!.Item());
    }

    [Fact]
    public void Both_gradients_are_scaled_by_the_features_of_one_sample()
    {
        using TensorScope scope = TensorScope.Begin();
        float[][] plain = Gradients(scaled: false), scaled = Gradients(scaled: true);
        for (int k = 0; k < 2; k++)
        {
            double expected = plain[k][0] / Math.Sqrt(30 * 15.0);
            Assert.Equal(expected, scaled[k][0], Bounds.Relative(expected, 6));
            Assert.NotEqual(0, scaled[k][0]);
        }

        static float[][] Gradients(bool scaled)
        {
            using ActivationQuantizer quantizer = Quantizer(4, scaled);
            quantizer.Apply(Samples.Leaf(Samples.Normal(60, 5), 2, 30));
            Set(quantizer, 0.11f, -0.6f);
            Tensor y = quantizer.Apply(Samples.Leaf(Samples.Normal(60, 5), 2, 30));
            GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, Samples.Normal(60, 6), 2, 30)).Backward();
            return [.. quantizer.Parameters().Select(static p => p.Tensor.Gradient!.ToArray())];
        }
    }

    [Fact]
    public void The_first_batch_gives_the_step_and_offset_of_least_error()
    {
        using TensorScope scope = TensorScope.Begin();
        float[] values = Array.ConvertAll(Samples.Normal(300, 9), static v => (v / 2) + 1);
        using ActivationQuantizer quantizer = Quantizer(3, scaled: true);
        double found = Error(quantizer.Apply(Tensor.FromArray(Samples.Device, values, 3, 100)).ToArray());
        double best = double.PositiveInfinity;
        for (int zero = 0; zero < 8; zero++)
        {
            for (double step = 0.02; step < 2; step *= 1.002)
            {
                best = Math.Min(best, Error([.. values.Select(v => (float)(step * (Math.Clamp(Math.Round(v / step) + zero, 0, 7) - zero)))]));
            }
        }

        Assert.InRange(found, best * 0.998, best * 1.002);

        double Error(float[] y) => y.Select((v, i) => Math.Pow(v - values[i], 2)).Sum();
    }

    [Fact]
    public void Eight_bits_find_a_zero_point_between_the_coarse_ones()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Quantizer(8, scaled: true);
        float[] values = [.. Enumerable.Range(0, 256).Select(static i => (i - 77) * 0.5f)];
        Assert.Equal(values, quantizer.Apply(Tensor.FromArray(Samples.Device, values, 1, 256)).ToArray());
        Assert.Equal((0.5f, 77), (quantizer.Export().Step, quantizer.ZeroPoint));
    }

    [Fact]
    public void Behind_a_relu_the_offset_starts_at_zero()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Quantizer(4, scaled: true);
        quantizer.Apply(Tensor.FromArray(Samples.Device, Array.ConvertAll(Samples.Normal(50, 2), static v => MathF.Max(v, 0)), 1, 50));
        Assert.Equal((0, 0f), (quantizer.ZeroPoint, Parameter(quantizer, "offset").Item()));
        Assert.False(quantizer.Signed);
    }

    [Theory]
    [InlineData(0.4f, 0f, 0)]
    [InlineData(-0.74f, -0.74f, 1)]
    [InlineData(-0.76f, -0.76f, 2)]
    [InlineData(-9f, -1.5f, 3)]
    public void An_offset_is_kept_where_zero_has_a_code(float pushed, float used, int zero)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = Quantizer(2, scaled: true);
        Tensor x = Tensor.FromArray(Samples.Device, [0f, 1f], 1, 2);
        quantizer.Apply(x);
        Set(quantizer, 0.5f, pushed);
        float[] y = quantizer.Apply(x).ToArray();
        Assert.Equal(0f, y[0]);
        Assert.Equal((used, zero), (Parameter(quantizer, "offset").Item(), quantizer.ZeroPoint));
        Parameter(quantizer, "offset").CopyFrom([float.NaN]);
        Assert.Contains("lower the learning rate", Assert.Throws<ArithmeticException>(() => quantizer.Apply(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_start_at_three_deviations_and_learn_as_lsq()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "lsq+", Bits = 4 }, Samples.Device, new Shape(1, 4));
        quantizer.Apply(Tensor.FromArray(Samples.Device, [-1f, 1f, 3f, 5f], 1, 4));

        // Mean 2, deviation √5: (2 + 3·√5)/8.
        Assert.Equal((2 + (3 * Math.Sqrt(5))) / 8, quantizer.Step.Item(), 1e-6);
        Assert.Equal(("straight_through", "lsq+"), (quantizer.Op.Estimator, quantizer.Kind));
    }

    [Fact]
    public void A_named_step_rule_is_refused_for_activations() =>
        Assert.Contains("leave it out", Assert.Throws<ArgumentException>(
            () => QuantizerFactory.Activation(new QuantizerOptions { Method = "lsq+", Init = "mse" }, Samples.Device)).Message, StringComparison.Ordinal);

    private static ActivationQuantizer Quantizer(int bits, bool scaled) =>
        QuantizerFactory.Activation(new QuantizerOptions { Method = "lsq+", Bits = bits, ScaleStepGradient = scaled }, Samples.Device);

    private static Tensor Parameter(ActivationQuantizer quantizer, string name) => quantizer.Parameters().Single(p => p.Name == name).Tensor;

    private static void Set(ActivationQuantizer quantizer, float step, float offset)
    {
        Parameter(quantizer, "step").CopyFrom([step]);
        Parameter(quantizer, "offset").CopyFrom([offset]);
    }
}
