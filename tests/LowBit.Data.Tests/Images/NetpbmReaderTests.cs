using System.Text;
using LowBit.Data.Images;
using Xunit;

namespace LowBit.Data.Tests.Images;

public class NetpbmReaderTests
{
    [Theory]
    [InlineData("P2\n# a comment\n3 1\n15\n0 5 15\n")]
    [InlineData("P2 3 1 15 0 5 15")]
    public void Plain_gray_is_scaled(string text)
        => Assert.Equal(new byte[] { 0, 85, 255 }, NetpbmReader.Decode("x", Encoding.ASCII.GetBytes(text)).Pixels);

    [Fact]
    public void Raw_colour_is_read()
    {
        RasterImage image = ImageFile.Decode("x", [.. "P6 1 2 255\n"u8, 1, 2, 3, 4, 5, 6]);
        Assert.Equal((2, 1, 3), (image.Height, image.Width, image.Channels));
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6 }, image.Pixels);
    }

    [Theory]
    [InlineData("P5 60000 60000 255\n")]
    [InlineData("P5 4 4 65535\n0000000000000000")]
    [InlineData("P5 99999999999 4 255\n")]
    [InlineData("P3 2 2 255\n1 2 3")]
    [InlineData("P2 0 2 255\n1 2 3")]
    public void Absurd_or_unsupported_headers_are_refused(string text)
        => Assert.Throws<DataFormatException>(() => NetpbmReader.Decode("x", Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Damaged_files_give_one_sentence()
    {
        Damage.OnlyFormatErrors([.. "P5 7 6 200\n"u8, .. Enumerable.Range(0, 42).Select(i => (byte)i)], bytes => ImageFile.Decode("fuzz", bytes));
        Damage.OnlyFormatErrors("P3 2 2 255\n1 2 3 4 5 6 7 8 9 10 11 12"u8.ToArray(), bytes => ImageFile.Decode("fuzz", bytes));
    }
}
