using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class WeightQuantizerTests
{
    public static TheoryData<string, int, WeightGrid, bool> Everything
    {
        get
        {
            var data = new TheoryData<string, int, WeightGrid, bool>();
            foreach (QuantizerOptions o in Samples.WeightOptions())
            {
                data.Add(o.Method, o.Bits, o.Grid, o.PerChannel);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Export_reproduces_the_fake_quantized_weights_bit_for_bit(string method, int bits, WeightGrid grid, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = method, Bits = bits, Grid = grid, PerChannel = perChannel }, Samples.Device, new Shape(6, 3, 3, 5));
        float[] values = Samples.Normal(270, bits, 0.1);
        // One channel of equal values, one of zeros, one a thousand times larger: steps must differ.
        values.AsSpan(45, 45).Fill(0.03f);
        values.AsSpan(90, 45).Clear();
        for (int i = 135; i < 180; i++)
        {
            values[i] *= 1000;
        }

        Tensor w = Tensor.FromArray(Samples.Device, values, 6, 3, 3, 5);
        float[] y = quantizer.Apply(w).ToArray();
        (sbyte[] codes, float[] steps) = quantizer.Export(w);

        Assert.Equal(perChannel ? 6 : 1, steps.Length);
        Assert.Equal(steps.Length > 1, quantizer.PerChannel);
        int inner = values.Length / steps.Length;
        for (int i = 0; i < y.Length; i++)
        {
            Assert.True(quantizer.Range.Contains(codes[i]), $"code {codes[i]} is not in {quantizer.Range}");
            Assert.True(y[i] == steps[i / inner] * codes[i], $"element {i}: {y[i]:R} is not {steps[i / inner]:R}·{codes[i]}");
        }

        var again = new int[values.Length];
        quantizer.Codes(quantizer.EffectiveWeights(w).ToArray(), again);
        Assert.Equal(Array.ConvertAll(codes, static c => (int)c), again);
        Assert.True(codes.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("lsq")]
    [InlineData("uniform")]
    [InlineData("dorefa")]
    public void Export_after_the_weights_moved_still_equals_the_next_forward(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = method, Bits = 3 }, Samples.Device, new Shape(4, 25));
        Tensor w = Tensor.FromArray(Samples.Device, Samples.Normal(100, 1), 4, 25);
        quantizer.Apply(w);
        w.CopyFrom(Samples.Normal(100, 2, 0.7));
        (sbyte[] codes, float[] steps) = quantizer.Export(w);
        float[] y = quantizer.Apply(w).ToArray();
        for (int i = 0; i < y.Length; i++)
        {
            Assert.True(y[i] == steps[0] * codes[i]);
        }
    }

    [Fact]
    public void Ties_go_to_even_codes()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 4 }, Samples.Device, new Shape(1, 8));
        Tensor w = Tensor.FromArray(Samples.Device, [0.25f, 0.75f, 1.25f, -0.25f, -0.75f, -1.25f, 100f, -100f], 1, 8);
        quantizer.Apply(w);
        quantizer.Step.CopyFrom([0.5f]);
        (sbyte[] codes, _) = quantizer.Export(w);
        Assert.Equal<sbyte>([0, 2, 2, 0, -2, -2, 7, -7], codes);
        Assert.Equal([0f, 1f, 1f, 0f, -1f, -1f, 3.5f, -3.5f], quantizer.Apply(w).ToArray());
    }

    [Fact]
    public void Codes_divide_and_do_not_multiply_by_the_reciprocal()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 8 }, Samples.Device, new Shape(1, 4000));
        var random = new Random(3);
        const float Step = 0.0123f;
        float[] values = [.. Enumerable.Range(0, 4000).Select(_ => (random.Next(-100, 100) + 0.5f) * Step)];
        Tensor w = Tensor.FromArray(Samples.Device, values, 1, 4000);
        quantizer.Apply(w);
        quantizer.Step.CopyFrom([Step]);
        (sbyte[] codes, _) = quantizer.Export(w);
        int differ = 0;
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal((sbyte)Math.Clamp(MathF.Round(values[i] / Step, MidpointRounding.ToEven), -127, 127), codes[i]);
            differ += (sbyte)MathF.Round(values[i] * (1 / Step), MidpointRounding.ToEven) == codes[i] ? 0 : 1;
        }

        Assert.NotEqual(0, differ);
    }

    [Theory]
    [InlineData("uniform", 4)]
    [InlineData("pact-sawb", 4)]
    [InlineData("pact", 1)]
    [InlineData("dorefa", 1)]
    public void Weights_that_training_ruined_are_no_wrong_argument(string method, int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = method, Bits = bits }, Samples.Device, new Shape(2, 2));
        quantizer.Name = "layer1.0.conv1.weight";
        Tensor w = Tensor.FromArray(Samples.Device, [1f, 2f, float.NaN, 4f], 2, 2);
        Assert.Throws<ArgumentException>(() => quantizer.Apply(w));
        w.CopyFrom([1f, 2f, 3f, 4f]);
        quantizer.Apply(w);
        float[] steps = quantizer.Step.ToArray();
        w.CopyFrom([1f, 2f, float.NaN, 4f]);
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => quantizer.Apply(w));
        Assert.Contains("layer1.0.conv1.weight: value", error.Message, StringComparison.Ordinal);
        Assert.Equal(steps, quantizer.Step.ToArray());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Weights_without_codes_are_rejected_in_one_sentence(float bad)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions(), Samples.Device, new Shape(2, 2));
        quantizer.Name = "layer1.0.conv1.weight";
        Tensor w = Tensor.FromArray(Samples.Device, [1f, 2f, bad, 4f], 2, 2);
        var first = Assert.Throws<ArgumentException>(() => quantizer.Apply(w));
        Assert.Contains("layer1.0.conv1.weight: value 2 of 4", first.Message, StringComparison.Ordinal);
        w.CopyFrom([1f, 2f, 3f, 4f]);
        quantizer.Apply(w);
        w.CopyFrom([1f, 2f, bad, 4f]);
        var export = Assert.Throws<ArgumentException>(() => quantizer.Export(w));
        Assert.Contains("layer1.0.conv1.weight: value 2 of 4", export.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => quantizer.Codes([1f, float.NaN], new int[2]));
    }

    [Fact]
    public void Shapes_that_do_not_fit_the_steps_are_rejected()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { PerChannel = true }, Samples.Device, new Shape(3, 4));
        var error = Assert.Throws<ArgumentException>(() => quantizer.Apply(Tensor.Zeros(Samples.Device, 4, 3)));
        Assert.Contains("[4, 3]", error.Message, StringComparison.Ordinal);
        quantizer.Apply(Tensor.FromArray(Samples.Device, Samples.Normal(12, 1), 3, 4));
        Assert.Throws<ArgumentException>(() => quantizer.Codes(new float[7], new int[7]));
        Assert.Throws<ArgumentException>(() => quantizer.Codes(new float[6], new int[5]));
        Assert.Throws<ArgumentException>(() => QuantizerFactory.Weight(new QuantizerOptions(), Samples.Device, new Shape(0, 4)));
    }

    [Theory]
    [InlineData("lsq", true)]
    [InlineData("uniform", false)]
    [InlineData("dorefa", false)]
    public void Export_without_a_step_says_what_to_do(string method, bool needsStep)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = method }, Samples.Device, new Shape(2, 3));
        Tensor w = Tensor.FromArray(Samples.Device, Samples.Normal(6, 1), 2, 3);
        if (needsStep)
        {
            var error = Assert.Throws<InvalidOperationException>(() => quantizer.Export(w));
            Assert.Contains("has no step yet", error.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(6, quantizer.Export(w).Codes.Length);
        }
    }

    [Fact]
    public void Weights_and_gradients_flow_unchanged_when_disabled()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions(), Samples.Device, new Shape(2, 3));
        Tensor w = Samples.Leaf(Samples.Normal(6, 1), 2, 3);
        quantizer.Enabled = false;
        Assert.Same(w, quantizer.Apply(w));
        Assert.False(quantizer.IsInitialized);
    }

    [Fact]
    public void A_channel_of_zeros_takes_the_step_of_the_tensor()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "uniform", PerChannel = true, Bits = 2 }, Samples.Device, new Shape(2, 2));
        quantizer.Apply(Tensor.FromArray(Samples.Device, [0f, 0f, 3f, -1f], 2, 2));
        Assert.Equal([3f, 3f], quantizer.Step.ToArray());
    }
}
