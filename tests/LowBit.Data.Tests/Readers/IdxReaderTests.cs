using System.Buffers.Binary;
using System.IO.Compression;
using LowBit.Data.Readers;
using Xunit;

namespace LowBit.Data.Tests.Readers;

public class IdxReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_come_back(bool gzip)
    {
        byte[] pixels = [.. Enumerable.Range(0, 24).Select(i => (byte)(10 * i))];
        IdxImages images = IdxReader.ReadImages("x", Wrap(Idx(3, [2, 3, 4], pixels), gzip));
        Assert.Equal((2, 3, 4), (images.Count, images.Height, images.Width));
        Assert.Equal(pixels, images.Pixels);
    }

    [Fact]
    public void Labels_come_back() => Assert.Equal(new byte[] { 3, 1, 4 }, IdxReader.ReadLabels("x", Idx(1, [3], [3, 1, 4])));

    [Fact]
    public void A_truncated_file_names_field_and_offset()
    {
        byte[] whole = Idx(3, [2, 3, 4], new byte[24]);
        DataFormatException failure = Assert.Throws<DataFormatException>(() => IdxReader.ReadImages("t.idx", whole[..^5]));
        Assert.Equal("t.idx", failure.File);
        Assert.Equal("pixels", failure.Field);
        Assert.Contains("24 bytes are announced", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_gzip_file_is_found()
    {
        byte[] packed = Wrap(Idx(3, [20, 30, 40], [.. Enumerable.Range(0, 24_000).Select(i => (byte)(i * i))]), gzip: true);
        Assert.Throws<DataFormatException>(() => IdxReader.ReadImages("t.idx", packed[..(packed.Length / 2)]));
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(60_000, 2_800, 2_800)]
    [InlineData(1, int.MaxValue, 1)]
    [InlineData(-1, 28, 28)]
    [InlineData(1, 0, 28)]
    public void Absurd_sizes_allocate_nothing(int count, int height, int width)
    {
        byte[] file = Idx(3, [count, height, width], new byte[100]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataFormatException>(() => IdxReader.ReadImages("t.idx", file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Other_element_types_and_ranks_are_refused()
    {
        byte[] floats = Idx(3, [1, 1, 1], [0]);
        floats[2] = 0x0D;
        Assert.Contains("magic", Assert.Throws<DataFormatException>(() => IdxReader.ReadImages("t", floats)).Message, StringComparison.Ordinal);
        Assert.Throws<DataFormatException>(() => IdxReader.ReadLabels("t", Idx(3, [1, 1, 1], [0])));
    }

    [Fact]
    public void Bytes_after_the_last_image_are_refused()
        => Assert.Contains("more bytes", Assert.Throws<DataFormatException>(() => IdxReader.ReadImages("t", [.. Idx(3, [1, 1, 1], [0]), 9])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_files_give_one_sentence(bool gzip)
    {
        byte[] good = Wrap(Idx(3, [5, 6, 7], [.. Enumerable.Range(0, 210).Select(i => (byte)(i * 7))]), gzip);
        Damage.OnlyFormatErrors(good, bytes => IdxReader.ReadImages("fuzz", bytes));
        byte[] labels = Wrap(Idx(1, [64], [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 10))]), gzip);
        Damage.OnlyFormatErrors(labels, bytes => IdxReader.ReadLabels("fuzz", bytes));
    }

    internal static byte[] Idx(int rank, int[] sizes, byte[] data)
    {
        var header = new byte[4 + (4 * rank)];
        header[2] = 8;
        header[3] = (byte)rank;
        for (int i = 0; i < rank; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), sizes[i]);
        }

        return [.. header, .. data];
    }

    private static byte[] Wrap(byte[] bytes, bool gzip)
    {
        if (!gzip)
        {
            return bytes;
        }

        using var packed = new MemoryStream();
        using (var deflate = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(bytes);
        }

        return packed.ToArray();
    }
}
