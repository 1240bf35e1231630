using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>Gradients of quantizers of several widths against finite differences of their surrogates, down to what the widths share.</summary>
public sealed class SwitchableGradientTests
{
    private const int Rows = 4;
    private const int Columns = 30;

    // The middle one of the widths 1, 2, 3, 4, 8 (2, 3, 4, 8), whatever the quantizer starts with.
    private const int Reference = 3;

    public static TheoryData<string, ClippingForm, int, bool> Everything
    {
        get
        {
            var data = new TheoryData<string, ClippingForm, int, bool>();
            foreach (string method in QuantizerFactory.SwitchableMethods)
            {
                foreach (ClippingForm form in Enum.GetValues<ClippingForm>())
                {
                    foreach (int bits in (int[])[2, 4, 8])
                    {
                        data.Add(method, form, bits, true);
                        data.Add(method, form, bits, false);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void Gradients_of_every_form_are_those_of_the_surrogate(string method, ClippingForm form, int bits, bool weights)
    {
        using TensorScope scope = TensorScope.Begin();
        using Quantizer quantizer = Build(method, form, weights, scale: false);
        float[] values = Samples.Normal(Rows * Columns, 10 + bits);
        Tensor x = Samples.Leaf(values, Rows, Columns);
        quantizer.Apply(x);
        quantizer.SelectBits(bits);
        int channels = weights ? Rows : 1;
        int high = quantizer.Range.High;
        Tensor[] learned = Place(quantizer, method, form, bits, channels);
        quantizer.Apply(x);
        float[] steps = quantizer.Step.ToArray();

        // y = s·code + (x − x0 where the gradient passes) + (s − s0)·dy/ds, all frozen but x and s; s as the form derives it from what is learned.
        bool isNormalised = weights && method == "weightnorm";
        (double Mean, double Deviation) spread = isNormalised ? Spread(values) : (0, 1);
        double[] x0 = Normalise(Array.ConvertAll(values, static v => (double)v), spread);
        int[] codes = Surrogates.CodesOf(quantizer, isNormalised ? ((WeightQuantizer)quantizer).EffectiveWeights(x).ToArray() : values);
        double[][] learned0 = Array.ConvertAll(learned, static t => Array.ConvertAll(t.ToArray(), static v => (double)v));
        int unit = quantizer.Range.High, referenceTop = weights ? 3 : 7;
        double StepOf(double[][] now, int c) => form switch
        {
            ClippingForm.Table => now[0][c] / (method == "lsq" ? 1 : unit),
            _ => now[0][c] * Math.Exp((now.Length > 1 ? now[1][c] : 0) * (bits - Reference)) * (method == "lsq" ? referenceTop : 1) / unit,
        };

        for (int c = 0; c < channels; c++)
        {
            Assert.Equal(StepOf(learned0, c), steps[c], 1e-6 * steps[c]);
        }

        Surrogates.Check(
            quantizer,
            x,
            (now, numbers) =>
            {
                double[] moved = Normalise(now, spread);
                var y = new double[moved.Length];
                for (int i = 0; i < y.Length; i++)
                {
                    int c = i / (y.Length / channels);
                    double s0 = StepOf(learned0, c), v0 = x0[i] / s0;
                    bool isOutside = v0 >= high || v0 <= (weights ? -high : 0);
                    double passed = isOutside && !isNormalised ? 0 : moved[i] - x0[i];
                    y[i] = (s0 * codes[i]) + passed + ((StepOf(numbers, c) - s0) * (isOutside ? codes[i] : codes[i] - v0));
                }

                return y;
            },
            1.0 / 32,
            learned);
    }

    [Theory]
    [InlineData("lsq", true)]
    [InlineData("lsq", false)]
    [InlineData("weightnorm", true)]
    [InlineData("weightnorm", false)]
    public void The_level_learns_at_the_reference_width_as_an_ordinary_quantizer_does(string method, bool weights)
    {
        foreach (ClippingForm form in (ClippingForm[])[ClippingForm.Function, ClippingForm.Shared])
        {
            using TensorScope scope = TensorScope.Begin();
            using Quantizer shared = Build(method, form, weights, scale: true);
            using Quantizer ordinary = SwitchableQuantizerTests.Build(new QuantizerOptions { Method = method, Bits = Reference }, weights);
            Tensor x = Samples.Leaf(Samples.Normal(Rows * Columns, 3), Rows, Columns);
            shared.SelectBits(Reference);
            shared.Apply(x);
            ordinary.Apply(x);
            Tensor level = shared.Parameters().First().Tensor;
            ordinary.Parameters().Single().Tensor.CopyFrom(level);
            Backward(shared.Apply(x));
            float[] gx = x.Gradient!.ToArray();
            x.ZeroGradient();
            Backward(ordinary.Apply(x));
            Assert.Equal(x.Gradient!.ToArray(), gx);
            Assert.Equal(ordinary.Parameters().Single().Tensor.Gradient!.ToArray(), level.Gradient!.ToArray());
            foreach ((string _, Tensor slope) in shared.Parameters().Skip(1))
            {
                Assert.All(slope.Gradient!.ToArray(), static g => Assert.Equal(0, g));
            }
        }
    }

    [Theory]
    [InlineData("lsq", 2)]
    [InlineData("lsq", 8)]
    [InlineData("weightnorm", 4)]
    public void Scaled_gradients_carry_the_factor_of_their_own_width(string method, int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        (float[] level, float[] gLevel, float[] gSlope) = Gradients(scale: true);
        (float[] plainLevel, float[] plainGLevel, float[] plainGSlope) = Gradients(scale: false);
        Assert.Equal(plainLevel, level);
        double g = 1 / Math.Sqrt((double)Columns * ((1 << (bits - 1)) - 1));
        for (int c = 0; c < Rows; c++)
        {
            // The farthest of the widths, 8, is 5 bits from the reference.
            double slope = plainGSlope[c] * g / (25.0 * level[c] * level[c]);
            Assert.Equal(plainGLevel[c] * g, gLevel[c], Bounds.Relative(plainGLevel[c] * g, 12));
            Assert.Equal(slope, gSlope[c], Bounds.Relative(slope, 12));
            Assert.NotEqual(0, gSlope[c]);
        }

        (float[] Level, float[] GLevel, float[] GSlope) Gradients(bool scale)
        {
            using Quantizer quantizer = Build(method, ClippingForm.Function, weights: true, scale);
            Tensor x = Samples.Leaf(Samples.Normal(Rows * Columns, 3), Rows, Columns);
            quantizer.Apply(x);
            quantizer.SelectBits(bits);
            Backward(quantizer.Apply(x));
            Tensor[] learned = [.. quantizer.Parameters().Select(static p => p.Tensor)];
            return (learned[0].ToArray(), learned[0].Gradient!.ToArray(), learned[1].Gradient!.ToArray());
        }
    }

    private static Quantizer Build(string method, ClippingForm form, bool weights, bool scale) =>
        SwitchableQuantizerTests.Build(SwitchableQuantizerTests.Options(method, form) with { ScaleStepGradient = scale }, weights);

    /// <summary>Levels that clip some values at every width, another one in each channel.</summary>
    private static Tensor[] Place(Quantizer quantizer, string method, ClippingForm form, int bits, int channels)
    {
        Tensor[] all = [.. quantizer.Parameters().Where(p => form != ClippingForm.Table || p.Name.StartsWith($"{bits}bit.", StringComparison.Ordinal)).Select(static p => p.Tensor)];
        int top = form == ClippingForm.Table ? quantizer.Range.High : channels > 1 ? 7 : 15;
        all[0].CopyFrom([.. Enumerable.Range(0, channels).Select(c => (0.8f + (0.1f * c)) / (method == "lsq" ? top : 1))]);
        if (form == ClippingForm.Function)
        {
            all[1].CopyFrom([.. Enumerable.Range(0, channels).Select(static c => 0.15f - (0.1f * c))]);
        }

        return all;
    }

    private static void Backward(Tensor y) => GradientCheck.Weigh(y, Tensor.FromArray(Samples.Device, Samples.Normal(y.Length, 33), y.Shape)).Backward();

    private static (double Mean, double Deviation) Spread(float[] values)
    {
        double mean = values.Average(static v => (double)v);
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))) + 1e-5);
    }

    private static double[] Normalise(double[] values, (double Mean, double Deviation) spread) => Array.ConvertAll(values, v => (v - spread.Mean) / spread.Deviation);
}
