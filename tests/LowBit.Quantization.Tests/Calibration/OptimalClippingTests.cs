using LowBit.Quantization.Calibration;
using Xunit;

namespace LowBit.Quantization.Tests.Calibration;

public sealed class OptimalClippingTests
{
    /// <summary>As published with the paper's code, for 2 to 8 bits, two decimals.</summary>
    private static readonly double[] s_publishedGauss = [1.71, 2.15, 2.56, 2.94, 3.29, 3.62, 3.92];
    private static readonly double[] s_publishedLaplace = [2.83, 3.90, 5.03, 6.20, 7.41, 8.65, 9.90];

    public static TheoryData<ClippingModel, int> All
    {
        get
        {
            var data = new TheoryData<ClippingModel, int>();
            for (int bits = 1; bits <= 9; bits++)
            {
                data.Add(ClippingModel.Laplace, bits);
                data.Add(ClippingModel.Gauss, bits);
            }

            return data;
        }
    }

    [Fact]
    public void Levels_are_the_published_ones()
    {
        for (int bits = 2; bits <= 8; bits++)
        {
            // The published numbers are rounded or cut to two decimals; two of Gauss's (5 and 6 bits) are one unit above.
            Assert.Equal(s_publishedGauss[bits - 2], OptimalClipping.Level(ClippingModel.Gauss, bits), 0.015);
            Assert.Equal(s_publishedLaplace[bits - 2], OptimalClipping.Level(ClippingModel.Laplace, bits), 0.01);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Levels_minimise_the_estimate_whose_overload_part_is_integrated(ClippingModel model, int bits)
    {
        double level = OptimalClipping.Level(model, bits), best = Estimate(model, bits, level);
        foreach (double factor in new[] { 0.5, 0.9, 0.99, 0.998, 1.002, 1.01, 1.1, 2 })
        {
            Assert.True(Estimate(model, bits, level * factor) > best, $"{level * factor} is better than {level}");
        }
    }

    [Fact]
    public void The_complementary_error_function_has_its_known_values()
    {
        Assert.Equal(1, OptimalClipping.Erfc(0));
        Assert.Equal(0.15729920705028513, OptimalClipping.Erfc(1), 1e-15);
        Assert.Equal(0.0046777349810472645, OptimalClipping.Erfc(2), 1e-15);
        Assert.Equal(2.209049699858544e-5, OptimalClipping.Erfc(3), 1e-15);
        Assert.Equal(0, OptimalClipping.Erfc(12), 1e-14);
    }

    [Fact]
    public void Bits_beyond_the_table_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimalClipping.Level(ClippingModel.Gauss, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimalClipping.Level(ClippingModel.Laplace, 10));
    }

    /// <summary>2·∫ (x − α)²·f(x) dx above α by Simpson's rule, plus α²/(3·4^M).</summary>
    private static double Estimate(ClippingModel model, int bits, double level)
    {
        double Density(double x) => model == ClippingModel.Gauss ? Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) : Math.Exp(-x) / 2;
        const int Parts = 4000;
        double width = 40.0 / Parts, sum = 0;
        for (int i = 0; i <= Parts; i++)
        {
            double x = level + (i * width), weight = i is 0 or Parts ? 1 : i % 2 == 0 ? 2 : 4;
            sum += weight * (x - level) * (x - level) * Density(x);
        }

        return (2 * sum * width / 3) + (level * level / (3 * Math.Pow(4, bits)));
    }
}
