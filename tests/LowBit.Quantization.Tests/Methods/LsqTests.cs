using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class LsqTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    public void Weight_gradients_are_those_of_the_surrogate(int bits, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Bits = bits, PerChannel = perChannel, ScaleStepGradient = false }, Samples.Device, new Shape(4, 30));
        float[] values = Samples.Normal(120, bits);
        Tensor w = Samples.Leaf(values, 4, 30);
        quantizer.Apply(w);
        int top = quantizer.Range.High;
        Surrogates.Check(quantizer, w, Surrogates.CodesOf(quantizer, values), (x, s, x0, s0, code) => Lsq(x, s, x0, s0, code, -top, top));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Activation_gradients_are_those_of_the_surrogate(int bits, bool signed)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Bits = bits, Signed = signed, ScaleStepGradient = false }, Samples.Device);
        float[] values = Samples.Normal(120, 40 + bits);
        Tensor x = Samples.Leaf(values, 3, 40);
        quantizer.Apply(x);
        int low = quantizer.Range.Low - quantizer.ZeroPoint;
        int high = quantizer.Range.High - quantizer.ZeroPoint;
        Surrogates.Check(quantizer, x, Surrogates.CodesOf(quantizer, values), (v, s, x0, s0, code) => Lsq(v, s, x0, s0, code, low, high));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_signs_pass_and_the_step_sees_the_sign(bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Bits = 1, PerChannel = perChannel, ScaleStepGradient = false }, Samples.Device, new Shape(2, 25));
        float[] values = Samples.Normal(50, 8);
        Tensor w = Samples.Leaf(values, 2, 25);
        quantizer.Apply(w);
        Surrogates.Check(quantizer, w, Surrogates.CodesOf(quantizer, values), static (x, s, x0, s0, code) => (x - x0) + (s * code));
    }

    [Fact]
    public void One_bit_weights_start_at_their_mean_magnitude_and_zero_is_positive()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 1 }, Samples.Device, new Shape(1, 4));
        Tensor w = Tensor.FromArray(Samples.Device, [0f, -0.5f, 1f, -2.5f], 1, 4);
        Assert.Equal([1f, -1f, 1f, -1f], quantizer.Apply(w).ToArray());
        Assert.Equal<sbyte>([1, -1, 1, -1], quantizer.Export(w).Codes);
    }

    [Fact]
    public void The_step_gradient_is_scaled_by_the_weights_of_one_step()
    {
        CheckScale(perChannel: false, count: 60);
        CheckScale(perChannel: true, count: 20);

        static void CheckScale(bool perChannel, int count)
        {
            using TensorScope scope = TensorScope.Begin();
            float[] plain = StepGradient(new QuantizerOptions { PerChannel = perChannel, ScaleStepGradient = false });
            float[] scaled = StepGradient(new QuantizerOptions { PerChannel = perChannel });
            for (int c = 0; c < plain.Length; c++)
            {
                double expected = plain[c] / Math.Sqrt(count * 7.0);
                Assert.Equal(expected, scaled[c], Bounds.Relative(expected, 3));
                Assert.NotEqual(0, scaled[c]);
            }
        }

        static float[] StepGradient(QuantizerOptions options)
        {
            using WeightQuantizer quantizer = QuantizerFactory.Weight(options, Samples.Device, new Shape(3, 20));
            Tensor y = quantizer.Apply(Samples.Leaf(Samples.Normal(60, 5), 3, 20));
            GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, Samples.Normal(60, 6), 3, 20)).Backward();
            return quantizer.Step.Gradient!.ToArray();
        }
    }

    [Fact]
    public void The_step_gradient_of_activations_counts_the_features_of_one_sample()
    {
        using TensorScope scope = TensorScope.Begin();
        float plain = StepGradient(new QuantizerOptions { ScaleStepGradient = false });
        double expected = plain / Math.Sqrt(15 * 15.0);
        Assert.Equal(expected, StepGradient(new QuantizerOptions()), Bounds.Relative(expected, 3));

        static float StepGradient(QuantizerOptions options)
        {
            using ActivationQuantizer quantizer = QuantizerFactory.Activation(options, Samples.Device);
            // Four samples of 15 features: N is 15, not 60.
            Tensor y = quantizer.Apply(Samples.Leaf(Samples.Normal(60, 5), 4, 3, 5));
            GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, Samples.Normal(60, 6), 4, 3, 5)).Backward();
            return quantizer.Step.Gradient!.Item();
        }
    }

    [Fact]
    public void Clipped_values_and_the_range_ends_get_no_gradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 2, ScaleStepGradient = false }, Samples.Device, new Shape(1, 6));
        Tensor w = Samples.Leaf([-3f, -1f, -0.75f, 0.25f, 1f, 2f], 1, 6);
        quantizer.Apply(w);
        quantizer.Step.CopyFrom([1f]);
        Tensor y = quantizer.Apply(w);
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.Equal([0f, 0f, 1f, 1f, 0f, 0f], w.Gradient!.ToArray());
        // −1 −1 + (−1 + 0.75) + (0 − 0.25) + 1 + 1.
        Assert.Equal(-0.5f, quantizer.Step.Gradient!.Item());
    }

    [Fact]
    public void Neither_threads_nor_instruction_sets_change_a_bit()
    {
        (float[] Y, float[] Gx, float[] Gs)? first = null;
        float[]? byWidth = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            foreach (Isa isa in Enum.GetValues<Isa>().Where(CpuFeatures.IsSupported))
            {
                using var pool = new WorkerPool(threads);
                using var device = new CpuDevice(pool, isa);
                using TensorScope scope = TensorScope.Begin();
                using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 3, PerChannel = true }, device, new Shape(5, 4001));
                Tensor w = Tensor.FromArray(device, Samples.Normal(20005, 3), 5, 4001);
                w.RequiresGradient = true;
                Tensor y = quantizer.Apply(w);
                GradientCheck.Weigh(y, Tensor.FromArray(device, Samples.Normal(20005, 4), 5, 4001)).Backward();
                (float[] Y, float[] Gx, float[] Gs) now = (y.ToArray(), w.Gradient!.ToArray(), quantizer.Step.Gradient!.ToArray());
                first ??= now;
                Assert.Equal(first.Value.Y, now.Y);
                Assert.Equal(first.Value.Gx, now.Gx);
                if (isa == CpuFeatures.Best)
                {
                    // Sums depend on the width of the vectors, not on the threads.
                    byWidth ??= now.Gs;
                    Assert.Equal(byWidth, now.Gs);
                }
            }
        }
    }

    private static double Lsq(double x, double s, double x0, double s0, int code, int low, int high)
    {
        double v0 = x0 / s0;
        return v0 <= low || v0 >= high ? s * code : x + (s * (code - v0));
    }
}
