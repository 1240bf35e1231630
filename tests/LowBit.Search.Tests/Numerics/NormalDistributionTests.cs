using LowBit.Search.Numerics;
using Xunit;

namespace LowBit.Search.Tests.Numerics;

public class NormalDistributionTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.84134474606854293)]
    [InlineData(-1, 0.15865525393145705)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(-3, 1.3498980316300946e-3)]
    [InlineData(-5, 2.8665157187919391e-7)]
    [InlineData(-10, 7.6198530241605261e-24)]
    public void Cdf_equals_the_tables(double x, double expected) => Assert.InRange(NormalDistribution.Cdf(x) / expected, 1 - 1e-12, 1 + 1e-12);

    [Fact]
    public void The_two_formulas_of_the_cdf_meet_at_three()
        => Assert.InRange(NormalDistribution.Cdf(-3) / NormalDistribution.Cdf(-2.9999999999999996), 1 - 1e-11, 1 + 1e-11);

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-6)]
    [InlineData(0.01)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    [InlineData(0.999)]
    public void Inverse_is_inverse(double p) => Assert.InRange(NormalDistribution.Cdf(NormalDistribution.InverseCdf(p)) / p, 1 - 1e-12, 1 + 1e-12);

    [Fact]
    public void Corners()
    {
        Assert.Equal(double.NegativeInfinity, NormalDistribution.InverseCdf(0));
        Assert.Equal(double.PositiveInfinity, NormalDistribution.InverseCdf(1));
        Assert.Equal(0, NormalDistribution.Cdf(double.NegativeInfinity));
        Assert.Equal(1, NormalDistribution.Cdf(double.PositiveInfinity));
        Assert.True(double.IsNaN(NormalDistribution.Cdf(double.NaN)));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.InverseCdf(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalDistribution.InverseCdf(-0.1));
    }
}
