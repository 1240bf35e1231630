using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class EwgsTests
{
    [Theory]
    [InlineData(2, WeightGrid.Odd, 0f, false)]
    [InlineData(4, WeightGrid.Narrow, 0.5f, true)]
    [InlineData(1, WeightGrid.Narrow, 1.5f, false)]
    public void Weight_gradients_are_those_of_the_scaled_surrogate(int bits, WeightGrid grid, float delta, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "ewgs", Bits = bits, Grid = grid, EwgsDelta = delta, PerChannel = perChannel, ScaleStepGradient = false },
            Samples.Device,
            new Shape(2, 40));
        float[] values = Samples.Normal(80, 50 + bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        int high = quantizer.Range.High;

        // x_n = (w − l)/(u − l) in [0, 1], q = high·(2·x_q − 1), y = a·q/high.
        CheckScaled(quantizer, w, values, delta, (n, code) => (high * ((2 * n) - 1), ((double)code / high / 2) + 0.5), (p, c) => p[2][c] / high);
    }

    [Theory]
    [InlineData(1, 0f)]
    [InlineData(2, 0.7f)]
    [InlineData(4, 0.001f)]
    public void Activation_gradients_are_those_of_the_scaled_surrogate(int bits, float delta)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "ewgs", Bits = bits, EwgsDelta = delta, ScaleStepGradient = false }, Samples.Device);
        float[] values = Samples.Normal(80, bits);
        Tensor x = Samples.Leaf(values, 2, 40);
        quantizer.Apply(x);
        Numbers(quantizer)["lower"].CopyFrom([-0.8f]);
        Numbers(quantizer)["upper"].CopyFrom([1.7f]);
        int high = quantizer.Range.High;
        double scale = quantizer.Export().Step;
        CheckScaled(quantizer, x, values, delta, (n, code) => (high * n, (double)code / high), (_, _) => scale);
    }

    [Theory]
    [InlineData(2.4f, 2f, 1f, 1 + (0.5 * 0.4 / 14))]
    [InlineData(2.4f, 2f, -3f, 1 - (0.5 * 0.4 / 14))]
    [InlineData(2.4f, 2f, 0f, 1)]
    [InlineData(7f, 7f, 1f, 1)]
    [InlineData(7.01f, 7f, 1f, 0)]
    [InlineData(-8f, -7f, 1f, 0)]
    public void The_slope_follows_the_sign_of_the_gradient(float v, float q, float gradient, double expected)
        => Assert.Equal(expected, new EwgsSlope(0.5f).At<LanesScalar, float>(v, q, gradient, -7, 7).Slope, 1e-6);

    [Fact]
    public void A_slope_is_never_negative() => Assert.Equal(0, new EwgsSlope(1000).At<LanesScalar, float>(2.4f, 2, -1, -7, 7).Slope);

    [Fact]
    public void Weights_start_at_three_deviations_and_keep_their_mean_magnitude()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "ewgs", Bits = 3, Grid = WeightGrid.Odd }, Samples.Device, new Shape(1, 200));
        float[] w = Samples.Normal(200, 3, 0.1);
        float[] y = quantizer.Apply(Tensor.FromArray(Samples.Device, w, 1, 200)).ToArray();
        double mean = w.Average(static v => (double)v), deviation = Math.Sqrt(w.Average(v => Math.Pow(v - mean, 2)));
        Dictionary<string, Tensor> numbers = Numbers(quantizer);
        Assert.Equal(3 * deviation, numbers["upper"].Item(), 1e-6);
        Assert.Equal(-3 * deviation, numbers["lower"].Item(), 1e-6);
        double magnitude = w.Average(static v => Math.Abs((double)v));
        Assert.Equal(magnitude, y.Average(static v => Math.Abs((double)v)), 1e-5 * magnitude);
    }

    [Fact]
    public void Weights_with_a_zero_start_at_the_least_error()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "ewgs", Bits = 2 }, Samples.Device, new Shape(1, 200));
        float[] w = Samples.Normal(200, 3, 0.1);
        quantizer.Apply(Tensor.FromArray(Samples.Device, w, 1, 200));
        double top = new Quantization.StepRules.MseStep().Step(w, CodeRange.NarrowSigned(2));
        Assert.Equal(top, Numbers(quantizer)["upper"].Item(), 1e-6);
        Assert.Equal(-top, Numbers(quantizer)["lower"].Item(), 1e-6);
    }

    [Fact]
    public void Activations_behind_a_relu_start_at_three_deviations_of_the_normal_variable()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "ewgs", Bits = 2 }, Samples.Device);
        float[] x = Array.ConvertAll(Samples.Normal(300, 5), static v => MathF.Max(v, 0));
        quantizer.Apply(Tensor.FromArray(Samples.Device, x, 3, 100));
        double mean = x.Average(static v => (double)v), deviation = Math.Sqrt(x.Average(v => Math.Pow(v - mean, 2)));
        double upper = 3 * deviation / Math.Sqrt(1 - (2 / Math.PI));
        Assert.Equal(0, Numbers(quantizer)["lower"].Item());
        Assert.Equal(upper, Numbers(quantizer)["upper"].Item(), 1e-5);
        Assert.Equal(upper / 3, quantizer.Export().Step, 1e-5);
    }

    [Fact]
    public void Values_by_hand()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "ewgs", Bits = 2 }, Samples.Device);
        Tensor x = Tensor.FromArray(Samples.Device, [0f, 0.4f, 1f, 2.1f, 3.4f, 5f], 1, 6);
        quantizer.Apply(x);
        Dictionary<string, Tensor> numbers = Numbers(quantizer);
        numbers["lower"].CopyFrom([0.5f]);
        numbers["upper"].CopyFrom([3.5f]);
        numbers["scale"].CopyFrom([6f]);

        // x − 0.5 in steps of 1, levels 0, 2, 4, 6.
        Assert.Equal([0f, 0f, 0f, 4f, 6f, 6f], quantizer.Apply(x).ToArray());
        Assert.Equal((0.5f, 1f), quantizer.ExportIntake());
        Assert.Equal((2f, 0, 0, 3), quantizer.Export());

        // An optimiser that crossed the ends left an interval of the same width.
        numbers["upper"].CopyFrom([-0.5f]);
        quantizer.Apply(x);
        Assert.Equal(1.5f, numbers["upper"].Item());
    }

    [Fact]
    public void Settings_that_do_not_exist_are_rejected_in_one_sentence()
    {
        Assert.Contains("have no Full grid; use Narrow or Odd", Message(new QuantizerOptions { Method = "ewgs", Grid = WeightGrid.Full }), StringComparison.Ordinal);
        Assert.Contains("delta of ewgs is 0 or more, got -1", Message(new QuantizerOptions { Method = "ewgs", EwgsDelta = -1 }), StringComparison.Ordinal);
        Assert.Contains("got init 'mse'", Message(new QuantizerOptions { Method = "ewgs", Init = "mse" }), StringComparison.Ordinal);
        Assert.Contains("ewgs quantizes activations from 0 up", Assert.Throws<ArgumentException>(
            () => QuantizerFactory.Activation(new QuantizerOptions { Method = "ewgs", Signed = true }, Samples.Device)).Message, StringComparison.Ordinal);

        static string Message(QuantizerOptions options) =>
            Assert.ThrowsAny<ArgumentException>(() => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2))).Message;
    }

    private static Dictionary<string, Tensor> Numbers(Quantizer quantizer) =>
        quantizer.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor);

    // Equation 6: x_q − x_n is frozen, and moves by (1 + δ·sign(g)·(x_n − x_q))·Δx_n.
    private static void CheckScaled(
        Quantizer quantizer, Tensor x, float[] values, float delta, Func<double, int, (double Code, double Level)> unit, Func<double[][], int, double> step)
    {
        int[] codes = Surrogates.CodesOf(quantizer, values);
        float[] gradient = Surrogates.OutputGradient(x);
        float[] lower0 = Numbers(quantizer)["lower"].ToArray(), upper0 = Numbers(quantizer)["upper"].ToArray();
        int inner = values.Length / lower0.Length;
        Surrogates.Check(quantizer, x, (now, learned) => [.. now.Select((v, i) =>
        {
            int c = i / inner;
            double n0 = (values[i] - (double)lower0[c]) / ((double)upper0[c] - lower0[c]);
            double n = (v - learned[0][c]) / (learned[1][c] - learned[0][c]);
            double factor = n0 is < 0 or > 1 ? 0 : Math.Max(0, 1 + (delta * Math.Sign(gradient[i]) * (n0 - unit(n0, codes[i]).Level)));
            return step(learned, c) * (codes[i] + (factor * (unit(n, codes[i]).Code - unit(n0, codes[i]).Code)));
        })], step: 1.0 / 16);
    }
}
