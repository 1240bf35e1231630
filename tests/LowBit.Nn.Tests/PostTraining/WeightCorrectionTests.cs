using LowBit.Nn.PostTraining;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class WeightCorrectionTests
{
    [Fact]
    public void The_corrected_weights_have_the_deviation_of_the_float_ones()
    {
        float[] weights = [0.1f, -0.35f, 0.9f, -0.02f, 0.4f, -0.8f];
        sbyte[] codes = [0, -1, 2, 0, 1, -2];
        float step = WeightCorrection.Step(weights, codes, 0.42f);
        Assert.Equal(Deviation([.. weights]), Deviation([.. codes.Select(q => q * step)]), 1e-7);
        Assert.NotEqual(0.42f, step);
    }

    [Fact]
    public void Equal_codes_or_weights_keep_the_step()
    {
        Assert.Equal(0.5f, WeightCorrection.Step([1, 2, 3], [1, 1, 1], 0.5f));
        Assert.Equal(0.5f, WeightCorrection.Step([2, 2, 2], [1, 0, 1], 0.5f));
        Assert.Throws<ArgumentException>(() => WeightCorrection.Step([1, 2], [1], 0.5f));
    }

    private static double Deviation(float[] x)
    {
        double mean = x.Average(v => (double)v);
        return Math.Sqrt(x.Average(v => (v - mean) * (v - mean)));
    }
}
