using System.Buffers.Binary;
using System.IO.Compression;

namespace LowBit.Data.Images;

/// <summary>
/// Decodes PNG (W3C PNG, third edition): gray and palette of 1, 2, 4 and 8 bits, gray with alpha, RGB and RGBA of 8 bits, all
/// five filters, not interlaced. Alpha is dropped. 16-bit and interlaced pictures are refused by name. Checksums are checked.
/// </summary>
public static class PngReader
{
    private const int MaximumSide = 1 << 16;
    private static readonly byte[] s_signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True when the bytes start with the PNG signature.</summary>
    /// <param name="bytes">The file's content.</param>
    public static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith(s_signature);

    /// <summary>Decodes a PNG file in memory to 8-bit gray or RGB.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content.</param>
    /// <exception cref="DataFormatException">The content is damaged, truncated or of an unsupported kind.</exception>
    public static RasterImage Decode(string name, ReadOnlySpan<byte> bytes)
    {
        if (!IsPng(bytes))
        {
            throw new DataFormatException(name, "signature", 0, "the first eight bytes are not those of a PNG file");
        }

        PngHeader? header = null;
        ReadOnlySpan<byte> palette = [];
        using var compressed = new MemoryStream();
        bool ended = false;
        int at = s_signature.Length;
        while (!ended)
        {
            (string type, int start, int length) = ReadChunk(name, bytes, at);
            ReadOnlySpan<byte> data = bytes.Slice(start, length);
            if (header is null && type != "IHDR")
            {
                throw new DataFormatException(name, type, at, "the first chunk of a PNG file is IHDR");
            }

            switch (type)
            {
                case "IHDR":
                    header = header is null ? PngHeader.Parse(name, data, start) : throw new DataFormatException(name, type, at, "the chunk appears twice");
                    break;
                case "PLTE":
                    palette = length is > 0 and <= 768 && length % 3 == 0
                        ? data
                        : throw new DataFormatException(name, "PLTE length", at, $"{length} bytes are no palette of 1 to 256 colours");
                    break;
                case "IDAT":
                    compressed.Write(data);
                    break;
                case "IEND":
                    ended = true;
                    break;
                default:
                    RefuseUnknownCritical(name, type, at);
                    break;
            }

            at = start + length + 4;
        }

        return Rebuild(name, header!, palette, compressed);
    }

    private static (string Type, int Start, int Length) ReadChunk(string name, ReadOnlySpan<byte> bytes, int at)
    {
        if (bytes.Length - at < 12)
        {
            throw new DataFormatException(name, "chunk", at, "the file ends before IEND; it is truncated");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
        if (length > (uint)(bytes.Length - at - 12))
        {
            throw new DataFormatException(name, "chunk length", at, $"{length} bytes are announced, {bytes.Length - at - 12} are left; the file is truncated or damaged");
        }

        ReadOnlySpan<byte> typeAndData = bytes.Slice(at + 4, (int)length + 4);
        string type = System.Text.Encoding.Latin1.GetString(typeAndData[..4]);
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]);
        uint actual = PngChecksum.Crc32(typeAndData);
        if (stored != actual)
        {
            throw new DataFormatException(name, "chunk checksum", at, $"the stored CRC-32 is {stored:X8}, the bytes give {actual:X8}; the file is damaged");
        }

        return (type, at + 8, (int)length);
    }

    private static void RefuseUnknownCritical(string name, string type, int at)
    {
        // PNG section 5.4: a chunk whose first letter is upper case must be understood.
        if (char.IsAsciiLetterUpper(type[0]))
        {
            throw new DataFormatException(name, "chunk type", at, "an unknown critical chunk means that the picture cannot be shown rightly");
        }
    }

    private static RasterImage Rebuild(string name, PngHeader header, ReadOnlySpan<byte> palette, MemoryStream compressed)
    {
        if (header.IsPalette && palette.IsEmpty)
        {
            throw new DataFormatException(name, "PLTE", 0, "a palette picture has no palette");
        }

        long raw = (long)header.Height * (header.RowBytes + 1);
        if (raw > (compressed.Length * Readers.BoundedFile.MaximumExpansion) || (long)header.Width * header.Height > ImageFile.MaximumPixels)
        {
            throw new DataFormatException(name, "IHDR size", 16, $"{header.Width}x{header.Height} pixels cannot come from {compressed.Length} compressed bytes or are above {ImageFile.MaximumPixels}");
        }

        compressed.Position = 0;
        var lines = new byte[raw];
        try
        {
            using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
            int got = inflate.ReadAtLeast(lines, lines.Length, throwOnEndOfStream: false);
            if (got < lines.Length)
            {
                throw new DataFormatException(name, "IDAT", 0, $"the pixels end after {got} of {lines.Length} bytes; the file is truncated");
            }
        }
        catch (InvalidDataException)
        {
            throw new DataFormatException(name, "IDAT", 0, "the compressed pixels are damaged");
        }

        Unfilter(name, lines, header);
        return PngPixels.Expand(name, lines, header, palette);
    }

    private static void Unfilter(string name, byte[] lines, PngHeader header)
    {
        int stride = header.RowBytes + 1;
        int step = header.FilterStep;
        var above = new byte[header.RowBytes];
        ReadOnlySpan<byte> previous = above;
        for (int y = 0; y < header.Height; y++)
        {
            Span<byte> row = lines.AsSpan((y * stride) + 1, header.RowBytes);
            byte filter = lines[y * stride];
            for (int i = 0; i < row.Length; i++)
            {
                int left = i >= step ? row[i - step] : 0;
                int up = previous[i];
                int corner = i >= step ? previous[i - step] : 0;
                int guess = filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => throw new DataFormatException(name, $"filter of row {y}", 0, $"{filter} is no PNG filter (0 to 4)"),
                };
                row[i] = (byte)(row[i] + guess);
            }

            previous = row;
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int p = left + up - corner;
        int toLeft = Math.Abs(p - left);
        int toUp = Math.Abs(p - up);
        int toCorner = Math.Abs(p - corner);
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    /// <summary>The fields of IHDR that decoding needs.</summary>
    internal sealed record PngHeader(int Width, int Height, int Bits, int Colour)
    {
        public bool IsPalette => Colour == 3;

        /// <summary>Samples per pixel in the file.</summary>
        public int Samples => Colour switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };

        /// <summary>Bytes of one row without its filter byte.</summary>
        public int RowBytes => (int)((((long)Width * Samples * Bits) + 7) / 8);

        /// <summary>How far back the "left" pixel of the filters lies, in bytes.</summary>
        public int FilterStep => Math.Max(1, Samples * Bits / 8);

        public static PngHeader Parse(string name, ReadOnlySpan<byte> data, int at)
        {
            if (data.Length != 13)
            {
                throw new DataFormatException(name, "IHDR length", at - 8, $"{data.Length} bytes, IHDR has 13");
            }

            uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
            uint height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
            if (width is 0 or > MaximumSide || height is 0 or > MaximumSide)
            {
                throw new DataFormatException(name, "IHDR size", at, $"{width}x{height} is outside 1..{MaximumSide}");
            }

            int bits = data[8];
            int colour = data[9];
            bool known = colour switch
            {
                0 or 3 => bits is 1 or 2 or 4 or 8,
                2 or 4 or 6 => bits == 8,
                _ => false,
            };
            if (!known)
            {
                throw new DataFormatException(name, "IHDR depth", at + 8, $"{bits} bits of colour type {colour} are not supported; save the picture with 8 bits a channel");
            }

            if (data[10] != 0 || data[11] != 0)
            {
                throw new DataFormatException(name, "IHDR method", at + 10, $"compression {data[10]} and filter method {data[11]} are unknown");
            }

            return data[12] == 0
                ? new PngHeader((int)width, (int)height, bits, colour)
                : throw new DataFormatException(name, "IHDR interlace", at + 12, "interlaced pictures are not supported; save it without interlacing");
        }
    }
}
