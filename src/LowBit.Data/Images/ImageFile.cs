namespace LowBit.Data.Images;

/// <summary>Reads a picture file by its first bytes: PNG, PGM, PPM.</summary>
public static class ImageFile
{
    /// <summary>The largest file that is read, in bytes; a picture for a small network is far below.</summary>
    public const long MaximumFileBytes = 256L << 20;

    /// <summary>The largest number of pixels of one picture.</summary>
    public const long MaximumPixels = 1L << 25;

    private static readonly string[] s_extensions = [".png", ".pgm", ".ppm", ".pnm"];

    /// <summary>True when the name ends like a picture that <see cref="Read"/> understands.</summary>
    /// <param name="path">A file name.</param>
    public static bool HasKnownExtension(string path) => Array.IndexOf(s_extensions, Path.GetExtension(path).ToLowerInvariant()) >= 0;

    /// <summary>Reads a picture.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file is damaged or of another kind.</exception>
    public static RasterImage Read(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > MaximumFileBytes)
        {
            throw new DataFormatException(path, "length", 0, $"{length} bytes are more than the {MaximumFileBytes} that a picture may have");
        }

        return Decode(path, File.ReadAllBytes(path));
    }

    /// <summary>Decodes a picture in memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content.</param>
    /// <exception cref="DataFormatException">The content is damaged or of another kind.</exception>
    public static RasterImage Decode(string name, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (PngReader.IsPng(bytes))
        {
            return PngReader.Decode(name, bytes);
        }

        if (NetpbmReader.IsNetpbm(bytes))
        {
            return NetpbmReader.Decode(name, bytes);
        }

        throw new DataFormatException(name, "magic", 0, "the file is neither PNG, PGM nor PPM; convert it to one of them");
    }
}
