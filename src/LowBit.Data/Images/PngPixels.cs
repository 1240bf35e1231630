namespace LowBit.Data.Images;

/// <summary>Turns unfiltered PNG rows into 8-bit gray or RGB.</summary>
internal static class PngPixels
{
    public static RasterImage Expand(string name, byte[] lines, PngReader.PngHeader header, ReadOnlySpan<byte> palette)
    {
        int channels = header.Colour is 0 or 4 ? 1 : 3;
        var pixels = new byte[(long)header.Height * header.Width * channels];
        int stride = header.RowBytes + 1;
        for (int y = 0; y < header.Height; y++)
        {
            ReadOnlySpan<byte> row = lines.AsSpan((y * stride) + 1, header.RowBytes);
            Span<byte> target = pixels.AsSpan(y * header.Width * channels, header.Width * channels);
            switch (header.Colour)
            {
                case 0:
                    Gray(row, target, header.Bits);
                    break;
                case 3:
                    Palette(name, row, target, header.Bits, palette);
                    break;
                default:
                    DropAlpha(row, target, header.Samples, channels);
                    break;
            }
        }

        return new RasterImage(header.Height, header.Width, channels, pixels);
    }

    private static void Gray(ReadOnlySpan<byte> row, Span<byte> target, int bits)
    {
        int scale = 255 / ((1 << bits) - 1);
        for (int x = 0; x < target.Length; x++)
        {
            target[x] = (byte)(Sample(row, x, bits) * scale);
        }
    }

    private static void Palette(string name, ReadOnlySpan<byte> row, Span<byte> target, int bits, ReadOnlySpan<byte> palette)
    {
        for (int x = 0; x < target.Length / 3; x++)
        {
            int colour = Sample(row, x, bits);
            if (colour * 3 >= palette.Length)
            {
                throw new DataFormatException(name, "palette index", 0, $"{colour} is outside the palette of {palette.Length / 3} colours");
            }

            palette.Slice(colour * 3, 3).CopyTo(target[(3 * x)..]);
        }
    }

    private static void DropAlpha(ReadOnlySpan<byte> row, Span<byte> target, int samples, int channels)
    {
        for (int x = 0; x < target.Length / channels; x++)
        {
            row.Slice(x * samples, channels).CopyTo(target[(x * channels)..]);
        }
    }

    private static int Sample(ReadOnlySpan<byte> row, int x, int bits)
    {
        int bit = x * bits;
        return (row[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
    }
}
