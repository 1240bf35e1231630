using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using LowBit.Data.Images;
using Xunit;

namespace LowBit.Data.Tests.Images;

public class PngReaderTests
{
    public static TheoryData<int, int, int> Kinds => new()
    {
        { 0, 1, 1 }, { 0, 2, 1 }, { 0, 4, 1 }, { 0, 8, 1 }, { 2, 8, 3 }, { 3, 1, 1 }, { 3, 2, 1 }, { 3, 4, 1 }, { 3, 8, 1 }, { 4, 8, 2 }, { 6, 8, 4 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_and_filter_is_undone(int colour, int bits, int samples)
    {
        const int Width = 13;
        const int Height = 11;
        var random = new Random(1);
        int rowBytes = ((Width * samples * bits) + 7) / 8;
        var rows = new byte[Height][];
        for (int y = 0; y < Height; y++)
        {
            rows[y] = new byte[rowBytes];
            random.NextBytes(rows[y]);
        }

        var palette = new byte[3 * (1 << bits)];
        random.NextBytes(palette);
        byte[] file = Build(Width, Height, bits, colour, Filtered(rows, Math.Max(1, samples * bits / 8)), colour == 3 ? palette : null);
        RasterImage image = PngReader.Decode("x", file);
        Assert.Equal((Height, Width, colour is 0 or 4 ? 1 : 3), (image.Height, image.Width, image.Channels));
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int c = 0; c < image.Channels; c++)
                {
                    Assert.Equal(Expected(rows[y], x, c, (colour, bits, samples), palette), image.Pixels[(((y * Width) + x) * image.Channels) + c]);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void What_is_written_is_read(int channels)
    {
        var pixels = new byte[7 * 9 * channels];
        new Random(2).NextBytes(pixels);
        RasterImage back = PngReader.Decode("x", PngWriter.Encode(new RasterImage(7, 9, channels, pixels)));
        Assert.Equal((7, 9, channels), (back.Height, back.Width, back.Channels));
        Assert.Equal(pixels, back.Pixels);
    }

    [Theory]
    [InlineData(16, 0, 0, "not supported")]
    [InlineData(8, 2, 1, "interlaced")]
    [InlineData(8, 5, 0, "not supported")]
    public void Unsupported_kinds_are_refused_by_name(int bits, int colour, int interlace, string words)
    {
        byte[] file = Build(2, 2, bits, colour, new byte[30], null, interlace);
        Assert.Contains(words, Assert.Throws<DataFormatException>(() => PngReader.Decode("x", file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(-1, 3)]
    [InlineData(0, 3)]
    public void Absurd_sizes_allocate_nothing(int width, int height)
    {
        byte[] file = Build(width, height, 8, 2, new byte[30], null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataFormatException>(() => PngReader.Decode("x", file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_changed_byte_breaks_the_checksum()
    {
        byte[] file = PngWriter.Encode(new RasterImage(2, 2, 1, new byte[4]));
        file[20] ^= 1;
        Assert.Contains("CRC-32", Assert.Throws<DataFormatException>(() => PngReader.Decode("x", file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_rows_are_found()
        => Assert.Contains("truncated", Assert.Throws<DataFormatException>(() => PngReader.Decode("x", Build(9, 9, 8, 0, new byte[50], null))).Message, StringComparison.Ordinal);

    [Fact]
    public void Damaged_files_give_one_sentence()
    {
        var pixels = new byte[300];
        new Random(3).NextBytes(pixels);
        Damage.OnlyFormatErrors(PngWriter.Encode(new RasterImage(10, 10, 3, pixels)), bytes => ImageFile.Decode("fuzz", bytes));
    }

    // With right checksums, so that the fields behind them are reached.
    [Fact]
    public void Damaged_pixels_behind_good_checksums_give_one_sentence()
    {
        var raw = new byte[11 * 10];
        new Random(4).NextBytes(raw);
        Damage.OnlyFormatErrors(raw, bytes => PngReader.Decode("fuzz", Build(10, 10, 8, 3, bytes, [1, 2, 3, 4, 5, 6])));
    }

    private static int Expected(byte[] row, int x, int c, (int Colour, int Bits, int Samples) kind, byte[] palette)
    {
        int mask = (1 << kind.Bits) - 1;
        int sample = kind.Bits == 8 ? row[(x * kind.Samples) + (kind.Colour == 3 ? 0 : c)] : (row[x * kind.Bits / 8] >> (8 - kind.Bits - (x * kind.Bits % 8))) & mask;
        return kind.Colour switch
        {
            0 => sample * 255 / mask,
            3 => palette[(3 * sample) + c],
            _ => sample,
        };
    }

    /// <summary>Applies filter y mod 5 to row y, by the formulas of the PNG text.</summary>
    private static byte[] Filtered(byte[][] rows, int step)
    {
        var all = new List<byte>();
        for (int y = 0; y < rows.Length; y++)
        {
            all.Add((byte)(y % 5));
            for (int i = 0; i < rows[y].Length; i++)
            {
                int a = i >= step ? rows[y][i - step] : 0;
                int b = y > 0 ? rows[y - 1][i] : 0;
                int c = y > 0 && i >= step ? rows[y - 1][i - step] : 0;
                int[] distances = [Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - (2 * c))];
                int paeth = distances[0] == distances.Min() ? a : distances[1] == distances.Min() ? b : c;
                int guess = (y % 5) switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) >> 1, _ => paeth };
                all.Add((byte)(rows[y][i] - guess));
            }
        }

        return [.. all];
    }

    private static byte[] Build(int width, int height, int bits, int colour, byte[] raw, byte[]? palette, int interlace = 0)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)bits;
        header[9] = (byte)colour;
        header[12] = (byte)interlace;
        Chunk(file, "IHDR", header);
        if (palette is not null)
        {
            Chunk(file, "PLTE", palette);
        }

        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(raw);
        }

        byte[] data = packed.ToArray();
        Chunk(file, "IDAT", data[..(data.Length / 2)]);
        Chunk(file, "tEXt", [1, 2, 3]);
        Chunk(file, "IDAT", data[(data.Length / 2)..]);
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngChecksum.Crc32(body));
        file.Write(number);
    }
}
