using System.Text;
using LowBit.Kernels.Files;
using Xunit;

namespace LowBit.Kernels.Tests.Files;

/// <summary>Checksums against published values.</summary>
public class ChecksumTests
{
    [Fact]
    public void Crc32C_check_values()
    {
        Assert.Equal(0u, Checksum.Crc32C([]));
        Assert.Equal(0xE3069283u, Checksum.Crc32C("123456789"u8));

        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, Checksum.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Crc32C([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Checksum.Crc32C([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
    }

    [Fact]
    public void Crc32C_can_be_taken_in_parts()
    {
        byte[] data = Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog");
        for (int cut = 0; cut <= data.Length; cut++)
        {
            uint crc = Checksum.AppendCrc32C(Checksum.Crc32C(data.AsSpan(0, cut)), data.AsSpan(cut));
            Assert.Equal(Checksum.Crc32C(data), crc);
        }
    }

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void XxHash64_published_values(string text, ulong hash) => Assert.Equal(hash, Checksum.XxHash64(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        byte[] data = [.. Enumerable.Range(0, 100).Select(static i => (byte)(i * 37))];
        uint crc = Checksum.Crc32C(data);
        ulong hash = Checksum.XxHash64(data);
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(crc, Checksum.Crc32C(data));
            Assert.NotEqual(hash, Checksum.XxHash64(data));
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
