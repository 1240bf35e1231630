using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class WeightNormTests
{
    private const float Alpha = 0.6f;

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(8, false)]
    public void Weights_are_normalised_clipped_and_rounded(int bits, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "weightnorm", Bits = bits, PerChannel = perChannel }, Samples.Device, new Shape(2, 100));
        float[] w = Array.ConvertAll(Samples.Normal(200, bits, 0.2), static v => v + 0.1f);
        Tensor tensor = Tensor.FromArray(Samples.Device, w, 2, 100);
        float[] y = quantizer.Apply(tensor).ToArray();
        float[] alpha = quantizer.Parameters().Single().Tensor.ToArray();
        Assert.Equal(perChannel ? 2 : 1, alpha.Length);
        double[] normal = Normalised(w);
        int top = (1 << (bits - 1)) - 1;
        for (int i = 0; i < w.Length; i++)
        {
            double a = alpha[i / (200 / alpha.Length)], real = Math.Clamp(normal[i] / a, -1, 1) * top;
            if (Math.Abs(real - Math.Floor(real) - 0.5) > 1e-3)
            {
                Assert.Equal(a * Math.Round(real) / top, y[i], 1e-5);
            }
        }

        Assert.Equal(("mse", "standardize"), (quantizer.Rule.Name, quantizer.Transform.Name));
        Assert.InRange(y.Distinct().Count(), 2, (2 * top * alpha.Length) + 1);
        Assert.True(y.Min() < 0 && y.Max() > 0);
    }

    [Theory]
    [InlineData(true, false, 2)]
    [InlineData(true, false, 4)]
    [InlineData(true, true, 3)]
    [InlineData(false, false, 3)]
    [InlineData(false, true, 4)]
    public void Weight_gradients_are_those_of_the_surrogate(bool detached, bool masked, int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        var options = new QuantizerOptions
        {
            Method = "weightnorm",
            Bits = bits,
            ScaleStepGradient = false,
            DetachStatistics = detached,
            MaskWeightGradient = masked,
        };
        using WeightQuantizer quantizer = QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 40));
        float[] values = Samples.Normal(80, bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        quantizer.Parameters().Single().Tensor.CopyFrom([Alpha]);
        int[] codes = Surrogates.CodesOf(quantizer, quantizer.EffectiveWeights(w).ToArray());
        double[] x0 = Normalised(values);
        int high = quantizer.Range.High;
        Surrogates.Check(quantizer, w, (now, learned) =>
        {
            double[] x = detached ? Normalised(now, values) : Normalised(now, Array.ConvertAll(now, static v => (float)v));
            return [.. x.Select((v, i) =>
            {
                double level = (double)codes[i] / high;
                bool isOutside = Math.Abs(x0[i]) >= Alpha;
                double slope = isOutside ? Math.Sign(x0[i]) : level - (x0[i] / Alpha);
                return (Alpha * level) + (isOutside && masked ? 0 : v - x0[i]) + ((learned[0][0] - Alpha) * slope);
            })];
        });
    }

    [Fact]
    public void Activations_are_clipped_at_alpha()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "weightnorm", Bits = 2, ScaleStepGradient = false, Init = "constant", ClipStart = 3 }, Samples.Device);
        Tensor x = Samples.Leaf([-1f, 0.4f, 1.7f, 3.5f], 1, 4);
        Tensor y = quantizer.Apply(x);
        Assert.Equal([0f, 0f, 2f, 3f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.Equal([0f, 1f, 1f, 0f], x.Gradient!.ToArray());

        // Q(x/α) − x/α inside: −0.4/3 and 0.3/3; 1 above.
        Assert.Equal((-0.4 / 3) + (0.3 / 3) + 1, quantizer.Parameters().Single().Tensor.Gradient!.Item(), 1e-6);
    }

    [Theory]
    [InlineData(null, "mse")]
    [InlineData("minmax", "minmax")]
    [InlineData("constant", "constant")]
    public void The_first_level_can_be_chosen(string? init, string rule)
    {
        using TensorScope scope = TensorScope.Begin();
        var options = new QuantizerOptions { Method = "weightnorm", Init = init };
        using WeightQuantizer weights = QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 50));
        using ActivationQuantizer activations = QuantizerFactory.Activation(options, Samples.Device);
        Assert.Equal((rule, rule), (weights.Rule.Name, activations.Rule.Name));
        Tensor x = Tensor.FromArray(Samples.Device, Samples.Normal(100, 2), 2, 50);
        weights.Apply(x);
        activations.Apply(x);
        if (init == "constant")
        {
            Assert.Equal((3f / 7, 8f / 15), (weights.Step.Item(), activations.Step.Item()));
        }
        else
        {
            Assert.Equal(weights.Rule.Step(weights.EffectiveWeights(x).ToArray(), weights.Range), weights.Step.Item(), 1e-6);
            Assert.Equal(activations.Rule.Step(x.ToArray(), activations.Range), activations.Step.Item(), 1e-6);
        }
    }

    [Theory]
    [InlineData(1, WeightGrid.Narrow, "weightnorm weights have 2 to 8 bits, got 1")]
    [InlineData(4, WeightGrid.Odd, "weightnorm weights have no Odd grid; use Narrow")]
    [InlineData(4, WeightGrid.Full, "weightnorm weights have no Full grid; use Narrow")]
    public void What_does_not_exist_is_rejected_in_one_sentence(int bits, WeightGrid grid, string part)
    {
        var options = new QuantizerOptions { Method = "weightnorm", Bits = bits, Grid = grid };
        var error = Assert.ThrowsAny<ArgumentException>(() => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        error = Assert.ThrowsAny<ArgumentException>(() => QuantizerFactory.Weight(options with { Bits = 8, Widths = [8, bits] }, Samples.Device, new Shape(2, 2)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => QuantizerFactory.Activation(options with { Bits = 4, Signed = true }, Samples.Device));
        Assert.Contains("has no signed form", error.Message, StringComparison.Ordinal);
    }

    private static double[] Normalised(float[] w) => Normalised(Array.ConvertAll(w, static v => (double)v), w);

    /// <summary>Values by the mean and the deviation of others.</summary>
    private static double[] Normalised(double[] values, float[] others)
    {
        double mean = others.Average(static v => (double)v), deviation = Math.Sqrt(others.Average(v => (v - mean) * (v - mean)));
        return [.. values.Select(v => (v - mean) / (deviation + 1e-5))];
    }
}
