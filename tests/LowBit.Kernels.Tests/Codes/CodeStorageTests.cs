using LowBit.Kernels.Codes;
using Xunit;

namespace LowBit.Kernels.Tests.Codes;

public class CodeStorageTests
{
    public static TheoryData<int> Widths => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_code_comes_back(int bits)
    {
        var random = new Random(bits);
        foreach (int length in (int[])[0, 1, 2, 3, 7, 8, 9, 16, 31, 64, 101])
        {
            sbyte[] codes = new sbyte[3 * length];
            for (int i = 0; i < codes.Length; i++)
            {
                int code = random.Next(CodeStorage.LowestCode(bits), CodeStorage.HighestCode(bits) + 1);
                codes[i] = (sbyte)(bits == 1 ? (code <= 0 ? -1 : 1) : code);
            }

            CodeStorage storage = CodeStorage.Pack(codes, 3, length, bits);
            Assert.Equal(3 * (((length * bits) + 7) / 8), storage.Bytes.Length);
            sbyte[] back = new sbyte[codes.Length];
            storage.Unpack(back);
            Assert.Equal(codes, back);

            CodeStorage read = CodeStorage.FromBytes(storage.Bytes, 3, length, bits);
            read.Unpack(back);
            Assert.Equal(codes, back);
            Assert.Equal((storage.MinCode, storage.MaxCode), (read.MinCode, read.MaxCode));
            Assert.Equal(codes.Length == 0 ? (0, 0) : (codes.Min(), codes.Max()), (storage.MinCode, storage.MaxCode));
        }
    }

    [Fact]
    public void The_bit_order_is_little_endian()
    {
        Assert.Equal([0xF1, 0x07], CodeStorage.Pack([1, -1, 7], 1, 3, 4).Bytes.ToArray());
        Assert.Equal([0b0000_0101], CodeStorage.Pack([1, -1, 1], 1, 3, 1).Bytes.ToArray());
        // 3 bits: 3, -4, 1 = 011, 100, 001 from the low end: 01 100 011 | 0.
        Assert.Equal([0b0110_0011, 0b0000_0000], CodeStorage.Pack([3, -4, 1], 1, 3, 3).Bytes.ToArray());
    }

    [Theory]
    [InlineData(4, 8)]
    [InlineData(4, -9)]
    [InlineData(1, 0)]
    [InlineData(2, 2)]
    public void A_code_that_does_not_fit_is_named(int bits, int code)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => CodeStorage.Pack([1, (sbyte)code], 1, 2, bits));
        Assert.Contains($"code {code} at row 0, column 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_sizes_and_bytes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeStorage.Pack([], 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeStorage.Pack([], 0, 0, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeStorage.FromBytes([], -1, 4, 4));
        Assert.Throws<ArgumentException>(() => CodeStorage.Pack([1], 1, 2, 4));
        Assert.Throws<ArgumentException>(() => CodeStorage.FromBytes([1, 2], 1, 2, 4));
        Assert.Throws<ArgumentException>(() => CodeStorage.FromBytes([0x11], 1, 1, 4));
        Assert.Throws<ArgumentException>(() => CodeStorage.FromBytes([], int.MaxValue, 100, 2));
        Assert.Throws<ArgumentException>(() => CodeStorage.Pack([1, 1], 1, 2, 4).Unpack(new sbyte[1]));
    }
}
