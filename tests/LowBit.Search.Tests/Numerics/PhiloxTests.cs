using LowBit.Search.Numerics;
using Xunit;

namespace LowBit.Search.Tests.Numerics;

public class PhiloxTests
{
    /// <summary>The known answers of the Random123 distribution (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_equal_the_published_ones(uint a, uint b, uint c, uint d, uint k0, uint k1, uint e, uint f, uint g, uint h)
        => Assert.Equal((e, f, g, h), Philox.Block((a, b, c, d), (k0, k1)));

    [Fact]
    public void Normal_numbers_have_the_moments_of_the_normal_distribution()
    {
        var random = new Philox(7);
        double[] z = new double[200_000];
        random.FillNormal(z);
        Assert.InRange(z.Average(), -0.01, 0.01); // 4.5 standard errors
        Assert.InRange(z.Average(v => v * v), 0.985, 1.015);
        Assert.InRange(z.Average(v => v * v * v), -0.04, 0.04);
        Assert.InRange(z.Average(v => v * v * v * v), 2.89, 3.11);
    }

    [Fact]
    public void Uniform_numbers_and_integers_fill_their_range_evenly()
    {
        var random = new Philox(3);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.NextInt32(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Seeds_give_different_and_repeatable_numbers()
    {
        Assert.Equal(new Philox(5).NextUInt64(), new Philox(5).NextUInt64());
        Assert.NotEqual(new Philox(5).NextUInt64(), new Philox(6).NextUInt64());
    }
}
