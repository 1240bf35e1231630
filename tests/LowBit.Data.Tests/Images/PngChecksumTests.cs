using LowBit.Data.Images;
using Xunit;

namespace LowBit.Data.Tests.Images;

public class PngChecksumTests
{
    // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    [Fact]
    public void The_check_value_of_the_catalogue() => Assert.Equal(0xCBF43926u, PngChecksum.Crc32("123456789"u8));
}
