using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class StepsTests
{
    [Theory]
    [InlineData(0.5f, 0.5f)]
    [InlineData(-0.5f, 0.5f)]
    [InlineData(0f, Steps.Smallest)]
    [InlineData(-1e-20f, Steps.Smallest)]
    [InlineData(float.NegativeInfinity, Steps.Largest)]
    public void Positive_takes_the_magnitude_within_limits(float step, float expected) => Assert.Equal(expected, Steps.Positive(step, "q"));

    [Fact]
    public void Limits_are_powers_of_two()
    {
        Assert.Equal(Steps.Smallest, MathF.ScaleB(1, -23));
        Assert.Equal(Steps.Largest, MathF.ScaleB(1, 60));
    }

    [Fact]
    public void A_step_that_is_no_number_names_its_quantizer()
    {
        var error = Assert.Throws<ArithmeticException>(() => Steps.Positive(float.NaN, "conv1.weight"));
        Assert.Contains("conv1.weight became NaN", error.Message, StringComparison.Ordinal);
    }
}
