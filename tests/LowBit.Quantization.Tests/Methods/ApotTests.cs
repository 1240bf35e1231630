using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

public sealed class ApotTests
{
    // The grids of the paper and its code: one term of each row, in fractions; only the last row of an odd width has one term.
    private static readonly Dictionary<int, double[][]> s_grids = new()
    {
        [2] = [[0, 1]],
        [3] = [[0, 1 / 2.0, 1 / 4.0, 1 / 8.0]],
        [4] = [[0, 1 / 2.0, 1 / 4.0, 1 / 16.0], [0, 1 / 8.0]],
        [5] = [[0, 1 / 2.0, 1 / 8.0, 1 / 32.0], [0, 1 / 4.0, 1 / 16.0, 1 / 64.0]],
        [6] = [[0, 1 / 2.0, 1 / 8.0, 1 / 64.0], [0, 1 / 4.0, 1 / 16.0, 1 / 128.0], [0, 1 / 32.0]],
    };

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Weights_take_the_nearest_sum_of_powers_of_two(int bits)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "apot", Bits = bits }, Samples.Device, new Shape(4, 200));
        float[] w = Samples.Normal(800, bits, 0.2);
        float[] y = quantizer.Apply(Tensor.FromArray(Samples.Device, w, 4, 200)).ToArray();
        double[] levels = [0];
        foreach (double[] row in s_grids[bits])
        {
            levels = [.. levels.SelectMany(a => row.Select(b => a + b))];
        }

        double[] normal = Standardized(w);
        double largest = levels.Max();
        for (int i = 0; i < w.Length; i++)
        {
            double clipped = Math.Min(Math.Abs(normal[i]) / 3, 1);
            double nearest = levels.MinBy(l => Math.Abs((l / largest) - clipped)) / largest;
            double other = levels.Where(l => l / largest != nearest).Min(l => Math.Abs((l / largest) - clipped));
            if (Math.Abs(other - Math.Abs(nearest - clipped)) > 1e-5)
            {
                Assert.Equal(3 * nearest * Math.Sign(normal[i]), y[i], 1e-5);
            }
        }

        // All but the outermost levels of a Gaussian of 800 values occur.
        Assert.InRange(y.Distinct().Count(), Math.Min((1 << bits) - 1, 3 << (bits - 2)), (1 << bits) - 1);
        (sbyte[] codes, float[] steps) = quantizer.Export(Tensor.FromArray(Samples.Device, w, 4, 200));
        Assert.All(codes, code => Assert.True(quantizer.Range.Contains(code)));
        Assert.Equal(3f / quantizer.Range.High, steps.Single());
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    public void Weight_gradients_go_through_mean_and_deviation_and_are_not_clipped(int bits, bool perChannel)
    {
        using TensorScope scope = TensorScope.Begin();
        using WeightQuantizer quantizer = QuantizerFactory.Weight(
            new QuantizerOptions { Method = "apot", Bits = bits, PerChannel = perChannel, ScaleStepGradient = false }, Samples.Device, new Shape(2, 40));
        float[] values = Samples.Normal(80, bits);
        Tensor w = Samples.Leaf(values, 2, 40);
        quantizer.Apply(w);
        Tensor alpha = quantizer.Parameters().Single().Tensor;
        alpha.CopyFrom(perChannel ? [1.5f, 1.2f] : [1.5f]);
        int[] codes = Surrogates.CodesOf(quantizer, quantizer.EffectiveWeights(w).ToArray());
        float[] alpha0 = alpha.ToArray();
        double[] x0 = Standardized(values);
        int high = quantizer.Range.High, inner = 80 / alpha0.Length;

        // The paper's equation 6: y = α·Q(x/α); Q and the clipping are frozen, x itself passes.
        Surrogates.Check(quantizer, w, (now, learned) =>
        {
            double[] x = Standardized(Array.ConvertAll(now, static v => (float)v), now);
            return [.. x.Select((v, i) =>
            {
                double a = learned[0][i / inner], a0 = alpha0[i / inner];
                double level = (double)codes[i] / high;
                double slope = Math.Abs(x0[i]) >= a0 ? Math.Sign(x0[i]) : level - (x0[i] / a0);
                return (a0 * level) + (v - x0[i]) + ((a - a0) * slope);
            })];
        });
    }

    [Fact]
    public void Activations_are_uniform_with_the_reparameterized_clip()
    {
        using TensorScope scope = TensorScope.Begin();
        using ActivationQuantizer quantizer = QuantizerFactory.Activation(
            new QuantizerOptions { Method = "apot", Bits = 2, ClipStart = 3, ScaleStepGradient = false }, Samples.Device);
        Tensor x = Samples.Leaf([-1f, 0.4f, 1.7f, 3.5f], 1, 4);
        Tensor y = quantizer.Apply(x);
        Assert.Equal([0f, 0f, 2f, 3f], y.ToArray());
        GradientCheck.Weigh(y, Tensor.Full(Samples.Device, y.Shape, 1)).Backward();
        Assert.Equal([0f, 1f, 1f, 0f], x.Gradient!.ToArray());

        // Q(x/α) − x/α inside: −0.4/3 and 0.3/3; 1 above.
        Assert.Equal((-0.4 / 3) + (0.3 / 3) + 1, quantizer.Parameters().Single().Tensor.Gradient!.Item(), 1e-6);
    }

    [Fact]
    public void Eight_bits_are_uniform()
    {
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Method = "apot", Bits = 8 }, Samples.Device, new Shape(2, 2));
        Assert.Equal(("uniform", "none"), (quantizer.Kind, quantizer.Transform.Name));
    }

    [Theory]
    [InlineData(1, WeightGrid.Narrow, null, "2 to 6 bits, got 1")]
    [InlineData(7, WeightGrid.Narrow, null, "2 to 6 bits, got 7")]
    [InlineData(4, WeightGrid.Odd, null, "apot weights have no Odd grid; use Narrow")]
    [InlineData(4, WeightGrid.Full, null, "apot weights have no Full grid; use Narrow")]
    [InlineData(4, WeightGrid.Narrow, "mse", "got init 'mse'")]
    public void What_does_not_exist_is_rejected_in_one_sentence(int bits, WeightGrid grid, string? init, string part)
    {
        var options = new QuantizerOptions { Method = "apot", Bits = bits, Grid = grid, Init = init };
        var error = Assert.ThrowsAny<ArgumentException>(() => QuantizerFactory.Weight(options, Samples.Device, new Shape(2, 2)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static double[] Standardized(float[] w, double[]? exact = null)
    {
        double[] values = exact ?? Array.ConvertAll(w, static v => (double)v);
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return [.. values.Select(v => (v - mean) / (deviation + 1e-5))];
    }
}
