namespace LowBit.Data.Images;

/// <summary>Decodes PGM and PPM, plain (P2, P3) and raw (P5, P6), up to 8 bits a sample; values are scaled to 0..255.</summary>
public static class NetpbmReader
{
    private const int MaximumSide = 1 << 16;

    /// <summary>True when the bytes start like PGM or PPM.</summary>
    /// <param name="bytes">The file's content.</param>
    public static bool IsNetpbm(ReadOnlySpan<byte> bytes)
        => bytes.Length > 2 && bytes[0] == 'P' && bytes[1] is (byte)'2' or (byte)'3' or (byte)'5' or (byte)'6';

    /// <summary>Decodes a PGM or PPM file in memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content.</param>
    /// <exception cref="DataFormatException">The content is damaged, truncated or of an unsupported kind.</exception>
    public static RasterImage Decode(string name, ReadOnlySpan<byte> bytes)
    {
        if (!IsNetpbm(bytes))
        {
            throw new DataFormatException(name, "magic", 0, "the file does not start with P2, P3, P5 or P6");
        }

        int kind = bytes[1] - '0';
        int channels = kind is 2 or 5 ? 1 : 3;
        int at = 2;
        int width = ReadNumber(name, bytes, ref at, "width", MaximumSide);
        int height = ReadNumber(name, bytes, ref at, "height", MaximumSide);
        int maximum = ReadNumber(name, bytes, ref at, "maximum value", 65535);
        if (width == 0 || height == 0 || maximum is 0 or > 255)
        {
            throw new DataFormatException(name, "sizes", 2, $"{width}x{height} with maximum {maximum} is not supported; sides start at 1, the maximum lies in 1..255");
        }

        long count = (long)width * height * channels;
        bool plain = kind <= 3;

        // A plain value takes two bytes (digit and separator), the last one may take one.
        if (plain ? (2 * count) - 1 > bytes.Length - at : count > bytes.Length - at - 1)
        {
            throw new DataFormatException(name, "pixels", at, $"{count} values are announced, {bytes.Length - at} bytes are left; the file is truncated");
        }

        var pixels = new byte[count];
        at += plain ? 0 : 1;
        for (int i = 0; i < pixels.Length; i++)
        {
            int value = plain ? ReadNumber(name, bytes, ref at, "pixel", maximum) : bytes[at++];
            if (value > maximum)
            {
                throw new DataFormatException(name, "pixel", at - 1, $"{value} is above the maximum {maximum}");
            }

            pixels[i] = (byte)(((value * 255) + (maximum / 2)) / maximum);
        }

        return new RasterImage(height, width, channels, pixels);
    }

    private static int ReadNumber(string name, ReadOnlySpan<byte> bytes, ref int at, string field, int limit)
    {
        while (at < bytes.Length && (IsSpace(bytes[at]) || bytes[at] == '#'))
        {
            bool comment = bytes[at] == '#';
            at++;
            while (comment && at < bytes.Length && bytes[at] != '\n')
            {
                at++;
            }
        }

        int start = at;
        int value = 0;
        while (at < bytes.Length && char.IsAsciiDigit((char)bytes[at]) && value <= limit)
        {
            value = (value * 10) + bytes[at++] - '0';
        }

        return at > start && value <= limit
            ? value
            : throw new DataFormatException(name, field, start, $"no number from 0 to {limit} stands here");
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or 11 or 12;
}
