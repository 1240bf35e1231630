using System.Text.Json;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests.Methods;

/// <summary>
/// LSQ against PyTorch in float64 (tests/golden/lsq.safetensors). Ours is float32: inputs and step are rounded once, then there
/// is one division, so that a real code v carries a relative error of 3u; codes are equal unless v is that near to a tie.
/// </summary>
public sealed class LsqGoldenTests
{
    private const double RealCodeRoundings = 3;

    private static readonly GoldenFile s_golden = GoldenFile.Open("lsq");

    public static TheoryData<string> Cases => [.. s_golden.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_reference(string name)
    {
        (double[] x, double s, double[] y, double[] gy) = (Values(name, "x"), Values(name, "s")[0], Values(name, "y"), Values(name, "grad_y"));
        (double[] gx, double gs) = (Values(name, "grad_x"), Values(name, "grad_s")[0]);
        using TensorScope scope = TensorScope.Begin();
        using Quantizer quantizer = Build(name, x.Length, out int low, out int high);
        // One sample of all values, because the reference counts all of them as N.
        Tensor input = Samples.Leaf(Array.ConvertAll(x, static v => (float)v), 1, x.Length);
        quantizer.Apply(input);
        Assert.Equal(s, quantizer.Step.Item(), Bounds.Relative(s, 3));

        quantizer.Step.CopyFrom([(float)s]);
        Tensor output = quantizer.Apply(input);
        Tensor weights = Tensor.FromArray(Samples.Device, Array.ConvertAll(gy, static v => (float)v), 1, x.Length);
        GradientCheck.Weigh(output, weights).Backward();

        float[] ourY = output.ToArray();
        float[] ourGx = input.Gradient!.ToArray();
        double magnitudes = 0;
        double slopeErrors = 0;
        int atEdge = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double v = x[i] / s;
            double slack = Bounds.Gamma(RealCodeRoundings) * Math.Abs(v);
            double toTie = Math.Abs(v - Math.Floor(v) - 0.5);
            bool isInside = v > low && v < high;
            if (Math.Min(Math.Abs(v - low), Math.Abs(v - high)) <= slack || (isInside && toTie <= slack))
            {
                // Either side of the edge is right; the step's slope may differ by what the edge is high.
                atEdge++;
                slopeErrors += Math.Abs(gy[i]) * Math.Max(1, Math.Max(-low, high));
                continue;
            }

            Assert.Equal(y[i], ourY[i], Bounds.Relative(y[i], 2));
            Assert.Equal(gx[i], ourGx[i], Bounds.Relative(gx[i], 1));
            double slope = v <= low ? low : v >= high ? high : Math.Round(v) - v;
            magnitudes += Math.Abs(gy[i] * slope);
            slopeErrors += isInside ? Math.Abs(gy[i]) * slack : 0;
        }

        Assert.InRange(atEdge, 0, x.Length / 50);
        double scale = 1 / Math.Sqrt((double)x.Length * high);
        double bound = ((Bounds.Dot(x.Length + 2, magnitudes) + slopeErrors) * scale) + Bounds.Relative(gs, 3);
        Assert.Equal(gs, quantizer.Step.Gradient!.Item(), bound);
    }

    [Fact]
    public void The_file_has_all_widths_of_both_signs()
    {
        string[] expected = ["lsq_s2", "lsq_s3", "lsq_s4", "lsq_s8", "lsq_u2", "lsq_u3", "lsq_u4", "lsq_u8"];
        Assert.Equal(expected, s_golden.Cases.Order());
    }

    private static double[] Values(string name, string role) => s_golden[$"{name}/{role}"].Values;

    private static Quantizer Build(string name, int length, out int low, out int high)
    {
        JsonElement parameters = s_golden.Parameters(name);
        low = parameters.GetProperty("qn").GetInt32();
        high = parameters.GetProperty("qp").GetInt32();
        Assert.Equal(length, parameters.GetProperty("count").GetInt32());
        int bits = int.Log2(high - low + 1);
        return low < 0
            ? QuantizerFactory.Weight(new QuantizerOptions { Bits = bits, Grid = WeightGrid.Full }, Samples.Device, new Shape(1, length))
            : QuantizerFactory.Activation(new QuantizerOptions { Bits = bits }, Samples.Device);
    }
}
