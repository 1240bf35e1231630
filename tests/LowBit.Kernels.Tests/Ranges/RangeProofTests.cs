using LowBit.Kernels.Ranges;
using Xunit;

namespace LowBit.Kernels.Tests.Ranges;

public class RangeProofTests
{
    [Theory]
    // floor(32767 / (2 · amax · wmax)) with the negative end allowed one more.
    [InlineData(8, 255, 0)]
    [InlineData(8, 127, 1)]
    [InlineData(7, 255, 1)]
    [InlineData(6, 255, 2)]
    [InlineData(5, 255, 4)]
    [InlineData(4, 255, 8)]
    [InlineData(4, 15, 136)]
    [InlineData(2, 15, 546)]
    [InlineData(1, 1, 16383)]
    public void Pair_sums_in_16_bits(int weightBits, int maxActivation, int expected)
        => Assert.Equal(expected, RangeProof.Create(weightBits, maxActivation, 1).PairSumsInInt16);

    [Fact]
    public void The_longest_sum_of_w8a8_is_65793_products()
    {
        RangeProof proof = RangeProof.Create(8, 255, 65793);
        Assert.Equal(-255 * 128 * 65793, proof.MinAccumulator);
        Assert.Equal(32, proof.AccumulatorBits);
        ArgumentException e = Assert.Throws<ArgumentException>(() => RangeProof.Create(8, 255, 65794));
        Assert.Contains("65793", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_codes_prove_more_than_their_width()
    {
        Assert.Equal(0, RangeProof.Create(8, 255, 10).PairSumsInInt16);
        Assert.Equal(6, RangeProof.Create(-10, 5, 255, 10).PairSumsInInt16);
        Assert.Equal(0, RangeProof.Create(0, 5, 255, 10).MinAccumulator);
    }

    [Fact]
    public void Numbers_outside_their_byte_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(-129, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(-1, 128, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(2, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(-1, 1, 256, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeProof.Create(9, 1, 1));
    }
}
