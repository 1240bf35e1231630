using LowBit.Methods.Allocation;
using Xunit;

namespace LowBit.Methods.Tests.Allocation;

public sealed class BitAllocationTests
{
    [Fact]
    public void Equal_bits_are_equal_values()
    {
        BitAllocation a = BitAllocation.Of(2, 8, 1), b = new("281");
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal("281", a.ToString());
        Assert.Equal(8, b[1]);
        Assert.Equal("241", b.With(1, 4).Digits);
        Assert.NotEqual(a, b.With(0, 3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("290")]
    [InlineData("29")]
    [InlineData("2a")]
    public void Text_that_is_no_allocation_is_refused(string text) => Assert.ThrowsAny<ArgumentException>(() => new BitAllocation(text));

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(-1)]
    public void Bits_outside_the_codes_are_refused(int bits)
    {
        Assert.Throws<ArgumentException>(() => BitAllocation.Of(4, bits));
        Assert.Throws<ArgumentException>(() => new BitAllocation("44").With(0, bits));
    }
}
