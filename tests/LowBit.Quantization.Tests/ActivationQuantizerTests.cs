using LowBit.Quantization.Calibration;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class ActivationQuantizerTests
{
    public static TheoryData<string, int, bool> Everything
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (QuantizerOptions o in Samples.ActivationOptions())
            {
                data.Add(o.Method, o.Bits, o.Signed);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Export_reproduces_the_fake_quantized_activations_bit_for_bit(string method, int bits, bool signed)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = method, Bits = bits, Signed = signed }, Samples.Device);
        float[] values = Samples.Normal(400, bits);
        Tensor x = Tensor.FromArray(Samples.Device, values, 4, 100);
        float[] y = quantizer.Apply(x).ToArray();
        (float step, int zeroPoint, int low, int high) = quantizer.Export();
        (float offset, float intake) = quantizer.ExportIntake();
        Assert.Equal((0, (1 << bits) - 1), (low, high));
        if (method is not "qil")
        {
            // QIL's interval starts at zero and may stay there.
            Assert.Equal(method is not "ewgs", (offset, intake) == (0, step));
        }

        if (method != "lsq+")
        {
            Assert.Equal(signed ? 1 << (bits - 1) : 0, zeroPoint);
            Assert.Equal(signed, quantizer.Signed);
        }

        var codes = new int[values.Length];
        quantizer.Codes(values, codes);
        for (int i = 0; i < y.Length; i++)
        {
            Assert.InRange(codes[i], low, high);
            Assert.True(y[i] == step * (codes[i] - zeroPoint), $"element {i}: {y[i]:R} is not {step:R}·({codes[i]} − {zeroPoint})");
            Assert.Equal((int)Math.Clamp(MathF.Round((values[i] - offset) / intake, MidpointRounding.ToEven) + zeroPoint, low, high), codes[i]);
        }

        Assert.True(codes.Distinct().Count() > 1);
    }

    [Fact]
    public void One_bit_has_the_codes_0_and_1()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Bits = 1 }, Samples.Device);
        Tensor x = Tensor.FromArray(Samples.Device, [0f, 0.5f, 1f, 1.5f], 1, 4);
        // Mean 0.75, so the first step is 1.5 and the threshold 0.75.
        Assert.Equal([0f, 0f, 1.5f, 1.5f], quantizer.Apply(x).ToArray());
    }

    [Fact]
    public void Calibration_lets_values_pass_and_then_takes_the_observed_step()
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (string method in QuantizerFactory.Methods.Where(static m => m != "dorefa"))
        {
            using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = method, Bits = 2 }, Samples.Device);
            quantizer.BeginCalibration(new MinMaxObserver());
            Tensor a = Tensor.FromArray(Samples.Device, [0f, 1f], 1, 2);
            Assert.Same(a, quantizer.Apply(a));
            quantizer.Apply(Tensor.FromArray(Samples.Device, [0.5f, 6f], 1, 2));
            Assert.False(quantizer.IsInitialized);
            quantizer.EndCalibration();
            Assert.True(quantizer.IsInitialized);
            Assert.Equal(2f, quantizer.Export().Step);
            using (NoGradient.Begin())
            {
                Assert.Equal([0f, 4f, 6f], quantizer.Apply(Tensor.FromArray(Samples.Device, [0.9f, 4.2f, 60f], 1, 3)).ToArray());
            }
        }
    }

    [Fact]
    public void Calibration_misused_says_what_to_do()
    {
        using ActivationQuantizer fixedRange = QuantizerFactory.Activation(new QuantizerOptions { Method = "dorefa" }, Samples.Device);
        Assert.Throws<InvalidOperationException>(() => fixedRange.BeginCalibration(new MinMaxObserver()));
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions(), Samples.Device);
        Assert.Throws<InvalidOperationException>(quantizer.EndCalibration);
        quantizer.BeginCalibration(new MseObserver());
        var error = Assert.Throws<InvalidOperationException>(quantizer.EndCalibration);
        Assert.Contains("run calibration images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_finite_are_rejected_at_the_first_call()
    {
        using TensorScope scope = TensorScope.Begin();
        foreach (string method in (string[])["lsq", "pact"])
        {
            using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = method }, Samples.Device);
            quantizer.Name = "layer2.relu";
            var error = Assert.Throws<ArgumentException>(() => quantizer.Apply(Tensor.FromArray(Samples.Device, [float.NaN, 1f], 1, 2)));
            Assert.Contains("layer2.relu: value 0 of 2 is NaN", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Settings_outside_their_range_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(new QuantizerOptions { Bits = 1, Signed = true }, Samples.Device));
        Assert.Throws<ArgumentException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", Signed = true }, Samples.Device));
        Assert.Throws<ArgumentException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "dorefa", Signed = true }, Samples.Device));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "uniform", Momentum = 1 }, Samples.Device));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", ClipStart = 0 }, Samples.Device));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizerFactory.Activation(new QuantizerOptions { Method = "pact", ClipPenalty = -1 }, Samples.Device));
    }

    [Fact]
    public void An_empty_batch_is_rejected()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions(), Samples.Device);
        Assert.Throws<ArgumentException>(() => quantizer.Apply(Tensor.Zeros(Samples.Device, 0, 3)));
    }
}
