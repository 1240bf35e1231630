using LowBit.Kernels.Isas;
using LowBit.Quantization.Roundings;
using Xunit;

namespace LowBit.Quantization.Tests.Roundings;

public sealed class RoundOddTests
{
    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(0.3f, 1f)]
    [InlineData(-0.3f, -1f)]
    [InlineData(1.99f, 1f)]
    [InlineData(2f, 3f)]
    [InlineData(-2f, -1f)]
    [InlineData(-2.01f, -3f)]
    [InlineData(126.5f, 127f)]
    public void Gives_the_nearest_odd_number_and_goes_up_half_way(float v, float expected) =>
        Assert.Equal(expected, RoundOdd.Round<LanesScalar, float>(v));

    [Fact]
    public void Is_never_further_than_one_and_always_odd()
    {
        for (int i = -20_000; i <= 20_000; i++)
        {
            float v = i / 101f;
            float q = RoundOdd.Round<LanesScalar, float>(v);
            Assert.Equal(1, Math.Abs((int)q % 2));
            Assert.True(Math.Abs(q - v) <= 1, $"{v} became {q}");
        }
    }
}
