using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class BitWidthTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(8, 256)]
    public void Counts_its_codes(int bits, int codes)
    {
        BitWidth width = bits;
        Assert.Equal(bits, width.Bits);
        Assert.Equal(codes, width.Codes);
        Assert.Equal($"{bits} bit", width.ToString());
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(32)]
    [InlineData(int.MaxValue)]
    public void Rejects_other_numbers_in_one_sentence(int bits)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new BitWidth(bits));
        Assert.Contains($"1 to 8 bits, got {bits}", error.Message, StringComparison.Ordinal);
    }
}
