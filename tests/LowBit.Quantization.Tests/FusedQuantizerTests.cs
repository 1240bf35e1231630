using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Quantization.Methods;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>A quantizer fused with the convolution and the batch norm in front of it: the values of the separate ops, bit for bit, and their gradients.</summary>
public class FusedQuantizerTests
{
    private const int In = 5;
    private const int Out = 19;
    private const int Pixels = 3 * 7 * 6;

    private static readonly CpuDevice s_device = new(new WorkerPool(2));

    public static TheoryData<string, int> Methods => new() { { Lsq.Kind, 1 }, { Lsq.Kind, 2 }, { Lsq.Kind, 4 }, { Lsq.Kind, 8 }, { Pact.Kind, 3 }, { WeightNorm.Kind, 3 } };

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fused_and_separate_ops_agree(string method, int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = method, Bits = bits }, s_device);
        quantizer.Apply(Tensor.FromArray(s_device, [.. Values(new Random(6), 200).Select(static v => Math.Abs(v))], 4, 50));
        Assert.True(quantizer.CanFuse);
        CheckAgreement(quantizer);
    }

    [Theory]
    [InlineData(Lsq.Kind, ClippingForm.Table, 2)]
    [InlineData(Lsq.Kind, ClippingForm.Function, 2)]
    [InlineData(Lsq.Kind, ClippingForm.Function, 6)]
    [InlineData(WeightNorm.Kind, ClippingForm.Function, 2)]
    [InlineData(WeightNorm.Kind, ClippingForm.Shared, 6)]
    public void Fused_and_separate_ops_agree_at_another_width(string method, ClippingForm form, int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = method, Bits = 4, Widths = [2, 4, 6], Clipping = form, ScaleStepGradient = false }, s_device);
        quantizer.Apply(Tensor.FromArray(s_device, [.. Values(new Random(6), 200).Select(static v => Math.Abs(v))], 4, 50));
        quantizer.SelectBits(bits);
        Assert.True(quantizer.CanFuse);
        Assert.DoesNotContain(0, CheckAgreement(quantizer));
    }

    [Fact]
    public void A_quantizer_that_must_see_its_input_is_not_fused()
    {
        using ActivationQuantizer fresh = QuantizerFactory.Activation(new QuantizerOptions { Method = Lsq.Kind, Bits = 4 }, s_device);
        Assert.False(fresh.CanFuse);
        using TensorScope scope = TensorScope.Begin();
        ConvBatchNormInputs inputs = Inputs(new float[Pixels * In], new float[Out * In], new float[Out], new float[Out]);
        Assert.Contains("must see its input", Assert.Throws<InvalidOperationException>(() => fresh.ApplyAfter(in inputs)).Message, StringComparison.Ordinal);
    }

    /// <summary>Compares both ways and gives the gradients of what is learned.</summary>
    private static float[] CheckAgreement(ActivationQuantizer quantizer)
    {
        var random = new Random(5);
        float[] x = Values(random, Pixels * In), w = Values(random, Out * In), gamma = Values(random, Out), beta = Values(random, Out);
        float[] upstream = Values(random, Pixels * Out);
        Result fused = Run(quantizer, x, w, gamma, beta, upstream, static (q, inputs) => q.ApplyAfter(in inputs));
        Result separate = Run(quantizer, x, w, gamma, beta, upstream, static (q, i)
            => q.Apply(i.X.Conv2d(i.W).BatchNormTraining(i.Gamma, i.Beta, i.RunningMean, i.RunningVariance, i.Momentum, i.Epsilon)));
        Assert.Equal(separate.Y, fused.Y);
        Assert.Equal(separate.RunningMean, fused.RunningMean);
        Assert.Equal(separate.RunningVariance, fused.RunningVariance);

        // Both paths sum the same products in another order: every sum of n terms differs by at most twice Gamma(n) of its magnitudes.
        double step = 2 * Bounds.Gamma(upstream.Length + 8) * upstream.Sum(static g => Math.Abs((double)g)) * quantizer.Range.High;
        for (int k = 0; k < fused.Learned.Length; k++)
        {
            double bound = step * StepSlope(quantizer, k);
            Assert.InRange(fused.Learned[k] - separate.Learned[k], -bound, bound);
        }

        double largest = upstream.Max(static g => Math.Abs(g)), scale = gamma.Max(static g => Math.Abs(g)) * separate.InverseBound;
        double raw = scale * largest * (4 * Bounds.Gamma(Pixels + 8)) * (2 + Pixels);
        AssertClose(separate.Gx, fused.Gx, raw * Out * 2);
        AssertClose(separate.Gw, fused.Gw, raw * Pixels * 2);
        AssertClose(separate.Ggamma, fused.Ggamma, 4 * Bounds.Gamma(Pixels + 8) * Pixels * largest * 8 * separate.InverseBound);
        AssertClose(separate.Gbeta, fused.Gbeta, 4 * Bounds.Gamma(Pixels + 8) * Pixels * largest);
        return fused.Learned;
    }

    private static Result Run(
        ActivationQuantizer quantizer, float[] x, float[] w, float[] gamma, float[] beta, float[] upstream, Func<ActivationQuantizer, ConvBatchNormInputs, Tensor> op)
    {
        ConvBatchNormInputs inputs = Inputs(x, w, gamma, beta);
        Tensor[] learned = [.. quantizer.Parameters().Select(static p => p.Tensor).Where(t => quantizer.Source.Learned is null || t == quantizer.Source.Learned)];
        Array.ForEach(learned, static t => t.ZeroGradient());
        Tensor y = op(quantizer, inputs);
        (y * Tensor.FromArray(s_device, upstream, y.Shape)).Sum().Backward();

        // Running variance is 0.1 times the unbiased one.
        float[] variance = inputs.RunningVariance.ToArray();
        return new Result
        {
            Y = y.ToArray(),
            RunningMean = inputs.RunningMean.ToArray(),
            RunningVariance = variance,
            Gx = inputs.X.Gradient!.ToArray(),
            Gw = inputs.W.Gradient!.ToArray(),
            Ggamma = inputs.Gamma.Gradient!.ToArray(),
            Gbeta = inputs.Beta.Gradient!.ToArray(),
            Learned = Array.ConvertAll(learned, static t => t.Gradient!.Item()),
            InverseBound = 1 / Math.Sqrt(variance.Min() * 9.0),
        };
    }

    /// <summary>Above |d step / d learned| of the k-th learned number.</summary>
    private static double StepSlope(ActivationQuantizer quantizer, int k)
    {
        if (quantizer.Source.Learned is not null)
        {
            return quantizer.Source.Slope;
        }

        // s = level·exp(slope·Δ)·constant: ds/dlevel = s/level and ds/dslope = s·Δ.
        double level = quantizer.Parameters().First().Tensor.Item();
        return k == 0 ? quantizer.Step.Item() / level : quantizer.Step.Item() * Math.Abs(quantizer.Bits - 4);
    }

    private static ConvBatchNormInputs Inputs(float[] x, float[] w, float[] gamma, float[] beta)
    {
        Tensor Leaf(float[] values, params int[] sizes)
        {
            Tensor t = Tensor.FromArray(s_device, values, new Shape(sizes));
            t.RequiresGradient = true;
            return t;
        }

        return new ConvBatchNormInputs
        {
            X = Leaf(x, 3, 7, 6, In),
            W = Leaf(w, Out, 1, 1, In),
            Stride = 1,
            Groups = 1,
            Gamma = Leaf(gamma, Out),
            Beta = Leaf(beta, Out),
            RunningMean = Tensor.Zeros(s_device, Out),
            RunningVariance = Tensor.Zeros(s_device, Out),
            Momentum = 0.1f,
            Epsilon = 1e-5f,
        };
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];

    private static void AssertClose(float[] expected, float[] actual, double bound)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - (double)expected[i], -bound, bound);
        }
    }

    private sealed record Result
    {
        public required float[] Y { get; init; }

        public required float[] RunningMean { get; init; }

        public required float[] RunningVariance { get; init; }

        public required float[] Gx { get; init; }

        public required float[] Gw { get; init; }

        public required float[] Ggamma { get; init; }

        public required float[] Gbeta { get; init; }

        public required float[] Learned { get; init; }

        /// <summary>Above every channel's 1/deviation.</summary>
        public required double InverseBound { get; init; }
    }
}
