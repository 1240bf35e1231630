using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class CodeRangeTests
{
    public static TheoryData<int> AllBits => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(AllBits))]
    public void Unsigned_codes_start_at_zero(int bits)
    {
        CodeRange range = CodeRange.Unsigned(bits);
        Assert.Equal((0, (1 << bits) - 1, 1), (range.Low, range.High, range.Stride));
        Assert.Equal(1 << bits, range.Levels);
        Assert.False(range.Signed);
        Assert.True(range.HasZero);
        Assert.Equal(bits, range.StorageBits);
    }

    [Theory]
    [MemberData(nameof(AllBits))]
    public void Narrow_codes_are_symmetric(int bits)
    {
        CodeRange range = CodeRange.NarrowSigned(bits);
        int top = bits == 1 ? 1 : (1 << (bits - 1)) - 1;
        Assert.Equal((-top, top), (range.Low, range.High));
        Assert.Equal(bits == 1 ? 2 : (1 << bits) - 1, range.Levels);
        Assert.Equal(bits > 1, range.HasZero);
        Assert.Equal(bits, range.StorageBits);
        Assert.True(range.Signed);
    }

    [Theory]
    [MemberData(nameof(AllBits))]
    public void Full_codes_use_every_pattern(int bits)
    {
        CodeRange range = CodeRange.FullSigned(bits);
        Assert.Equal(1 << bits, range.Levels);
        Assert.Equal(bits == 1 ? 1 : (1 << (bits - 1)) - 1, range.High);
        Assert.Equal(bits == 1 ? -1 : -(1 << (bits - 1)), range.Low);
        Assert.Equal(bits, range.StorageBits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Odd_codes_have_no_zero_and_fit_a_signed_byte(int bits)
    {
        CodeRange range = CodeRange.OddSigned(bits);
        Assert.Equal(1 << bits, range.Levels);
        Assert.False(range.HasZero);
        Assert.InRange(range.High, 1, sbyte.MaxValue);
        Assert.Equal(bits == 1 ? 1 : bits + 1, range.StorageBits);
        Assert.False(range.Contains(0));
        Assert.True(range.Contains(range.Low) && range.Contains(-1) && range.Contains(1) && range.Contains(range.High));
        Assert.False(range.Contains(range.High + 2));
    }

    [Fact]
    public void Eight_odd_bits_are_rejected_in_one_sentence()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CodeRange.OddSigned(8));
        Assert.Contains("odd codes have 1 to 7 bits, got 8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(3, 4, 4)]
    [InlineData(4, 10, 5)]
    [InlineData(5, 48, 7)]
    [InlineData(6, 100, 8)]
    public void Power_sums_need_more_stored_bits(int bits, int high, int stored)
    {
        CodeRange range = CodeRange.PowerSums(bits);
        Assert.Equal((-high, high, (1 << bits) - 1, stored), (range.Low, range.High, range.Levels, range.StorageBits));
        Assert.True(range.HasZero && range.Signed);
        Assert.Equal(range.Levels, Enumerable.Range(-300, 601).Count(range.Contains));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public void Power_sums_that_do_not_exist_are_rejected_in_one_sentence(int bits)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CodeRange.PowerSums(bits));
        Assert.Contains($"sums of powers of two have 2 to 6 bits, got {bits}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllBits))]
    public void Contains_exactly_its_levels(int bits)
    {
        foreach (CodeRange range in (CodeRange[])[CodeRange.Unsigned(bits), CodeRange.NarrowSigned(bits), CodeRange.FullSigned(bits)])
        {
            int found = 0;
            for (int code = -300; code <= 300; code++)
            {
                found += range.Contains(code) ? 1 : 0;
            }

            Assert.Equal(range.Levels, found);
        }
    }
}
