using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class QilTests
{
    [Theory]
    [InlineData(2, false, 1f)]
    [InlineData(4, true, 1f)]
    [InlineData(3, false, 1.7f)]
    [InlineData(3, true, 0.6f)]
    public void Weight_gradients_are_those_of_the_transformer(int bits, bool perChannel, float gamma)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "qil", Bits = bits, PerChannel = perChannel, ScaleStepGradient = false }, Samples.Device, new Shape(2, 40));

        // Both sides of the interval 0.3 to 1.9 and inside, away from its ends.
        float[] values = [.. Samples.Normal(80, 70 + bits).Select(static v => MathF.CopySign(v * v < 0.25f ? v * v * 0.6f : v * v is > 2.8f and < 4.5f ? 2.3f : v, v))];
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        int channels = perChannel ? 2 : 1, inner = 80 / channels;
        Dictionary<string, Tensor> numbers = Numbers(quantizer);
        numbers["center"].CopyFrom([.. Enumerable.Repeat(1.1f, channels)]);
        numbers["width"].CopyFrom([.. Enumerable.Repeat(0.8f, channels)]);
        numbers["gamma"].CopyFrom([.. Enumerable.Repeat(gamma, channels)]);
        float[] scale = numbers["scale"].ToArray();
        float[] y0 = quantizer.Apply(w).ToArray();
        double[] t0 = [.. values.Select((v, i) => Transformed(v, scale[i / inner], 1.1f, 0.8f, gamma))];

        // Rounding is frozen; where |w| is outside the interval at the start, nothing moves.
        Surrogates.Check(quantizer, w, (now, learned) => [.. now.Select((v, i) =>
        {
            int c = i / inner;
            bool isInside = Math.Abs((double)values[i]) > 1.1f - 0.8f && Math.Abs((double)values[i]) < 1.1f + (double)0.8f;
            return y0[i] + (isInside ? Transformed(v, scale[c], learned[0][c], learned[1][c], learned[2][c]) - t0[i] : 0);
        })]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Activation_gradients_are_those_of_the_interval(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "qil", Bits = bits, ScaleStepGradient = false }, Samples.Device);
        float[] values = Samples.Normal(80, bits);
        Tensor x = Samples.Leaf(values, 2, 40);
        quantizer.Apply(x);
        Numbers(quantizer)["center"].CopyFrom([0.9f]);
        Numbers(quantizer)["width"].CopyFrom([0.7f]);
        double scale = quantizer.Export().Step * quantizer.Range.High;
        int[] codes = Surrogates.CodesOf(quantizer, values);
        int high = quantizer.Range.High;
        Surrogates.Check(quantizer, x, (now, learned) => [.. now.Select((v, i) =>
        {
            double Place(double at, double c, double d) => (0.5 * at / d) - (0.5 * c / d) + 0.5;
            double start = Place(values[i], 0.9f, 0.7f);
            double moved = start is <= 0 or >= 1 ? 0 : Place(v, learned[0][0], learned[1][0]) - start;
            return scale * (((double)codes[i] / high) + moved);
        })]);
    }

    [Fact]
    public void Weights_by_hand()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "qil", Bits = 3 }, Samples.Device, new Shape(1, 7));
        Tensor w = Tensor.FromArray(Samples.Device, [0.3f, -0.9f, 1.2f, -1.6f, 2.6f, -9f, 0f], 1, 7);
        quantizer.Apply(w);
        Dictionary<string, Tensor> numbers = Numbers(quantizer);
        numbers["center"].CopyFrom([2f]);
        numbers["width"].CopyFrom([1f]);
        numbers["scale"].CopyFrom([3f]);
        numbers["step"].CopyFrom([1f]);

        // Interval 1 to 3: t = 0, 0, 0.1, 0.3, 0.8, 1, 0; three levels.
        Assert.Equal([0f, 0f, 0f, -1f, 2f, -3f, 0f], quantizer.Apply(w).ToArray());
        numbers["gamma"].CopyFrom([2f]);

        // t²: 0.01, 0.09, 0.64.
        Assert.Equal([0f, 0f, 0f, 0f, 2f, -3f, 0f], quantizer.Apply(w).ToArray());
        (sbyte[] codes, float[] steps) = quantizer.Export(w);
        Assert.Equal<sbyte>([0, 0, 0, 0, 2, -3, 0], codes);
        Assert.Equal([1f], steps);
    }

    [Fact]
    public void Activations_by_hand()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "qil", Bits = 2 }, Samples.Device);
        Tensor x = Tensor.FromArray(Samples.Device, [0f, 0.9f, 1.4f, 2.1f, 3.9f, 8f], 1, 6);
        quantizer.Apply(x);
        Dictionary<string, Tensor> numbers = Numbers(quantizer);
        numbers["center"].CopyFrom([2.5f]);
        numbers["width"].CopyFrom([1.5f]);
        numbers["scale"].CopyFrom([6f]);
        Assert.Equal([0f, 0f, 0f, 2f, 6f, 6f], quantizer.Apply(x).ToArray());
        Assert.Equal((1f, 1f), quantizer.ExportIntake());
        Assert.Equal((2f, 0, 0, 3), quantizer.Export());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Training_starts_as_plain_quantization_with_the_rule(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        float[] values = Samples.Normal(60, 4);
        Tensor w = Tensor.FromArray(Samples.Device, values, 2, 30);
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "qil", Bits = bits }, Samples.Device, new Shape(2, 30));
        using WeightQuantizer plain = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "uniform", Bits = bits, Init = "mse" }, Samples.Device, new Shape(2, 30));
        Assert.Equal(plain.Apply(w).ToArray(), quantizer.Apply(w).ToArray());
    }

    [Fact]
    public void Gamma_may_stay_one()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "qil", LearnGamma = false }, Samples.Device, new Shape(2, 30));
        Assert.Equal("center,width", string.Join(',', quantizer.Parameters().Select(static p => p.Name)));
        using TensorScope scope = TensorScope.Begin();
        Tensor y = quantizer.Apply(Samples.Leaf(Samples.Normal(60, 4), 2, 30));
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.NotEqual(0, Numbers(quantizer)["center"].Gradient!.Item());
    }

    [Fact]
    public void One_bit_and_other_grids_are_rejected_in_one_sentence()
    {
        var bit = Assert.Throws<ArgumentOutOfRangeException>(
            () => QuantizerFactory.Weight(new QuantizerOptions { Method = "qil", Bits = 1 }, Samples.Device, new Shape(2, 2)));
        Assert.Contains("qil weights have 2 bits or more", bit.Message, StringComparison.Ordinal);
        var grid = Assert.Throws<ArgumentException>(
            () => QuantizerFactory.Weight(new QuantizerOptions { Method = "qil", Grid = WeightGrid.Odd }, Samples.Device, new Shape(2, 2)));
        Assert.Contains("qil weights have no Odd grid; use Narrow", grid.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Numbers(WeightQuantizer quantizer) => ByName(quantizer);

    private static Dictionary<string, Tensor> Numbers(ActivationQuantizer quantizer) => ByName(quantizer);

    private static Dictionary<string, Tensor> ByName(Quantizer quantizer) => quantizer.SaveState().ToDictionary(static p => p.Name, static p => p.Tensor);

    // The paper's form, a|w| + b with a = 0.5/d and b = 0.5 − 0.5·c/d.
    private static double Transformed(double w, double scale, double c, double d, double gamma)
    {
        double a = 0.5 / d, b = 0.5 - (0.5 * c / d);
        double t = (a * Math.Abs(w)) + b;
        return t <= 0 ? 0 : scale * Math.Sign(w) * (Math.Abs(w) > c + d ? 1 : Math.Pow(t, gamma));
    }
}
