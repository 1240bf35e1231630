using Xunit;

namespace LowBit.Tensors.Tests;

public class ShapeTests
{
    [Fact]
    public void Prints_its_sizes_in_brackets()
    {
        Assert.Equal("[2, 3]", new Shape(2, 3).ToString());
        Assert.Equal("[]", Shape.Scalar.ToString());
    }

    [Theory]
    [InlineData(new int[0], 1)]
    [InlineData(new[] { 0 }, 0)]
    [InlineData(new[] { 2, 0, 3 }, 0)]
    [InlineData(new[] { 2, 3, 4 }, 24)]
    [InlineData(new[] { int.MaxValue }, int.MaxValue)]
    [InlineData(new[] { int.MaxValue, int.MaxValue, 0 }, -1)]
    public void Length_is_the_product(int[] sizes, int length)
    {
        if (length < 0)
        {
            Assert.Throws<ArgumentException>(() => new Shape(sizes));
            return;
        }

        Assert.Equal(length, new Shape(sizes).Length);
        Assert.Equal(sizes.Length, new Shape(sizes).Rank);
    }

    [Theory]
    [InlineData(new[] { -1 })]
    [InlineData(new[] { 65536, 65536 })]
    [InlineData(new[] { 65536, 65536, 65536, 65536, 65536 })]
    public void Refuses_negative_sizes_and_too_many_elements(int[] sizes)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Shape(sizes));
        Assert.Contains($"[{string.Join(", ", sizes)}]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_from_either_end()
    {
        var shape = new Shape(2, 3, 5);
        Assert.Equal([2, 3, 5, 2, 3, 5], new[] { shape[0], shape[1], shape[2], shape[-3], shape[-2], shape[-1] });
        Assert.Throws<ArgumentOutOfRangeException>(() => shape[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => shape[-4]);
    }

    [Fact]
    public void Is_equal_by_its_sizes()
    {
        Assert.True(new Shape(2, 3) == new Shape(2, 3));
        Assert.Equal(new Shape(2, 3).GetHashCode(), new Shape(2, 3).GetHashCode());
        Assert.True(new Shape(2, 3) != new Shape(3, 2));
        Assert.False(new Shape(2).Equals(null));
    }
}
