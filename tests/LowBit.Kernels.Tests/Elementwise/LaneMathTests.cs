using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Kernels.Tests.Elementwise;

/// <summary>Accuracy over the whole range, measured in units in the last place against double precision; special values.</summary>
public class LaneMathTests(ITestOutputHelper output)
{
    [Fact]
    public void Exp_is_within_its_documented_error()
        => Assert.InRange(Worst(-87f, 88.7f, 400_000, LaneMath.Exp<LanesScalar, float>, Math.Exp), 0, 1.5);

    [Fact]
    public void Exp_of_very_negative_numbers_is_subnormal_and_within_one_step()
    {
        for (float x = -110; x < -87; x += 0.0037f)
        {
            Assert.InRange(LaneMath.Exp<LanesScalar, float>(x) - Math.Exp(x), -1.5 * float.Epsilon, 1.5 * float.Epsilon);
        }
    }

    [Fact]
    public void Log_is_within_its_documented_error()
    {
        Assert.InRange(Worst(0.5f, 2f, 400_000, LaneMath.Log<LanesScalar, float>, Math.Log), 0, 2);
        Assert.InRange(WorstOverBits(LaneMath.Log<LanesScalar, float>, Math.Log), 0, 2);
    }

    [Fact]
    public void Sigmoid_and_tanh_are_within_their_documented_error()
    {
        Assert.InRange(Worst(-80f, 40f, 400_000, LaneMath.Sigmoid<LanesScalar, float>, static x => 1 / (1 + Math.Exp(-x))), 0, 3);
        Assert.InRange(Worst(-12f, 12f, 400_000, LaneMath.Tanh<LanesScalar, float>, Math.Tanh), 0, 3);
        Assert.InRange(Worst(-1e-3f, 1e-3f, 100_000, LaneMath.Tanh<LanesScalar, float>, Math.Tanh), 0, 3);
    }

    [Fact]
    public void Special_values()
    {
        Assert.Equal(1f, LaneMath.Exp<LanesScalar, float>(0f));
        Assert.Equal(float.PositiveInfinity, LaneMath.Exp<LanesScalar, float>(88.73f));
        Assert.Equal(float.PositiveInfinity, LaneMath.Exp<LanesScalar, float>(float.PositiveInfinity));
        Assert.Equal(0f, LaneMath.Exp<LanesScalar, float>(float.NegativeInfinity));
        Assert.True(float.IsNaN(LaneMath.Exp<LanesScalar, float>(float.NaN)));
        Assert.Equal(0f, LaneMath.Log<LanesScalar, float>(1f));
        Assert.Equal(float.NegativeInfinity, LaneMath.Log<LanesScalar, float>(0f));
        Assert.Equal(float.PositiveInfinity, LaneMath.Log<LanesScalar, float>(float.PositiveInfinity));
        Assert.True(float.IsNaN(LaneMath.Log<LanesScalar, float>(-1f)));
        Assert.True(float.IsNaN(LaneMath.Log<LanesScalar, float>(float.NaN)));
        Assert.Equal(1f, LaneMath.Tanh<LanesScalar, float>(float.PositiveInfinity));
        Assert.Equal(-1f, LaneMath.Tanh<LanesScalar, float>(float.NegativeInfinity));
        Assert.True(float.IsNaN(LaneMath.Tanh<LanesScalar, float>(float.NaN)));
        Assert.Equal(0f, LaneMath.Sigmoid<LanesScalar, float>(float.NegativeInfinity));
        Assert.Equal(1f, LaneMath.Sigmoid<LanesScalar, float>(float.PositiveInfinity));
        Assert.True(float.IsNaN(Relu.Value<LanesScalar, float>(float.NaN)));
    }

    private double Worst(float low, float high, int samples, Func<float, float> actual, Func<double, double> exact)
    {
        double worst = 0;
        float at = 0;
        for (int i = 0; i <= samples; i++)
        {
            float x = low + ((high - low) * i / samples);
            double error = Ulps(actual(x), exact(x));
            (worst, at) = error > worst ? (error, x) : (worst, at);
        }

        output.WriteLine($"[{low}, {high}]: {worst:F3} ulp at {at:R}");
        return worst;
    }

    // Positive floats of every exponent, subnormal ones too.
    private double WorstOverBits(Func<float, float> actual, Func<double, double> exact)
    {
        double worst = 0;
        float at = 0;
        for (int bits = 1; bits < 0x7F800000; bits += 4999)
        {
            float x = BitConverter.Int32BitsToSingle(bits);
            double error = Ulps(actual(x), exact(x));
            (worst, at) = error > worst ? (error, x) : (worst, at);
        }

        output.WriteLine($"all positive floats: {worst:F3} ulp at {at:R}");
        return worst;
    }

    private static double Ulps(float actual, double exact)
    {
        if (actual == exact)
        {
            return 0;
        }

        float rounded = Math.Abs((float)exact);
        double ulp = Math.Max((double)MathF.BitIncrement(rounded) - rounded, float.Epsilon);
        return Math.Abs(actual - exact) / ulp;
    }
}
