using LowBit.Quantization.Calibration;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.Tests.Calibration;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class PactSawbTests
{
    [Theory]
    [InlineData(2, WeightGrid.Odd, 3.12, -2.064)]
    [InlineData(3, WeightGrid.Odd, 7.509, -6.892)]
    [InlineData(4, WeightGrid.Odd, 12.68, -12.80)]
    [InlineData(2, WeightGrid.Narrow, 2.6, -1.71)]
    [InlineData(4, WeightGrid.Narrow, 12.035, -12.03)]
    public void The_clipping_level_is_the_published_linear_form(int bits, WeightGrid grid, double c1, double c2)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "pact-sawb", Bits = bits, Grid = grid }, Samples.Device, new Shape(3, 100));
        float[] w = Samples.Normal(300, 12, 0.05);
        float[] y = quantizer.Apply(Tensor.FromArray(Samples.Device, w, 3, 100)).ToArray();
        double a = (c1 * Math.Sqrt(w.Average(static v => (double)v * v))) + (c2 * w.Average(static v => Math.Abs((double)v)));
        Assert.Equal(a, y.Max(), 1e-6);
        Assert.Equal(-a, y.Min(), 1e-6);

        // Anew at every use.
        Assert.Equal(2 * a, quantizer.Apply(Tensor.FromArray(Samples.Device, Array.ConvertAll(w, static v => 2 * v), 3, 100)).ToArray().Max(), 2e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_level_is_near_the_one_of_least_error_for_every_width(bool isOdd)
    {
        for (int bits = 2; bits <= (isOdd ? 7 : 8); bits++)
        {
            CodeRange range = isOdd ? CodeRange.OddSigned(bits) : CodeRange.NarrowSigned(bits);
            float[] normal = Sample(isNormal: true), laplace = Sample(isNormal: false);
            foreach (float[] values in (float[][])[normal, laplace])
            {
                var moments = new SortedMoments(values);
                double least = StepSearch.SquaredError(moments, range, 0, StepSearch.Minimize(moments, range, 0));
                double error = StepSearch.SquaredError(moments, range, 0, new SawbStep().Step(values, range));

                // The published fits are for several densities at once; the worst of them loses a fifth.
                Assert.InRange(error / least, 1 - 1e-3, 1.2);
            }
        }
    }

    [Fact]
    public void Far_from_any_density_the_level_stays_among_the_magnitudes()
    {
        var rule = new SawbStep();
        Assert.Equal(0.5f / 7, rule.Step([0.5f, -0.5f, 0.5f], CodeRange.NarrowSigned(4)), 1e-7f);
        float[] one = new float[100];
        one[3] = 2;
        Assert.Equal(2f / 7, rule.Step(one, CodeRange.NarrowSigned(4)), 1e-7f);
        Assert.Equal(StepRule.StepOfZeros, rule.Step(new float[4], CodeRange.NarrowSigned(4)));
        Assert.Equal(1f, rule.Step([-0.5f, 1.5f], CodeRange.NarrowSigned(1)));
    }

    [Theory]
    [InlineData(2, WeightGrid.Odd)]
    [InlineData(4, WeightGrid.Narrow)]
    public void Weight_gradients_pass_inside_and_stop_outside(int bits, WeightGrid grid)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "pact-sawb", Bits = bits, Grid = grid }, Samples.Device, new Shape(2, 40));
        float[] values = Samples.Normal(80, bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        float top = quantizer.Apply(w).ToArray().Max();
        GradientCheck.Weigh(quantizer.Apply(w), Tensor.Full(Samples.Device, w.Shape, 3)).Backward();
        Assert.Equal(Array.ConvertAll(values, v => MathF.Abs(v) <= top ? 3f : 0f), w.Gradient!.ToArray());
        Assert.Contains(values, v => MathF.Abs(v) > top);
        w.ZeroGradient();
        Surrogates.Check(quantizer, w, new int[80], (x, _, x0, _, _) => Math.Abs(x0) <= top ? x : 0);
    }

    [Fact]
    public void Activations_are_those_of_pact()
    {
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(new QuantizerOptions { Method = "pact-sawb" }, Samples.Device);
        Assert.Equal(("pact", "pact"), (quantizer.Kind, quantizer.Op.Estimator));
    }

    // Quantiles of the density: a sample without sampling error.
    private static float[] Sample(bool isNormal)
    {
        var moments = new AnalyticMoments(isNormal);
        var x = new float[4001];
        for (int i = 0; i < x.Length; i++)
        {
            double low = -20, high = 20;
            for (int k = 0; k < 50; k++)
            {
                double middle = (low + high) / 2;
                bool isBelow = moments.Below(middle).Count < (i + 0.5) / x.Length;
                (low, high) = isBelow ? (middle, high) : (low, middle);
            }

            x[i] = (float)low;
        }

        return x;
    }
}
