namespace LowBit.Data.Readers;

/// <summary>
/// Reads the idx format of MNIST, plain or gzip: a magic number 0x000008RR (bytes, RR dimensions), big-endian sizes, data.
/// </summary>
public static class IdxReader
{
    private const int ByteType = 0x08;

    /// <summary>Reads images, idx3: pixels [count, height, width].</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file is damaged, truncated, too long or not idx3 of bytes.</exception>
    public static IdxImages ReadImages(string path)
    {
        using BoundedFile file = BoundedFile.Open(path);
        return ReadImages(path, file);
    }

    /// <summary>Reads images from memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content, plain or gzip.</param>
    /// <exception cref="DataFormatException">The content is damaged, truncated, too long or not idx3 of bytes.</exception>
    public static IdxImages ReadImages(string name, byte[] bytes)
    {
        using BoundedFile file = BoundedFile.FromBytes(name, bytes);
        return ReadImages(name, file);
    }

    /// <summary>Reads labels, idx1.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file is damaged, truncated, too long or not idx1 of bytes.</exception>
    public static byte[] ReadLabels(string path)
    {
        using BoundedFile file = BoundedFile.Open(path);
        return ReadLabels(path, file);
    }

    /// <summary>Reads labels from memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content, plain or gzip.</param>
    /// <exception cref="DataFormatException">The content is damaged, truncated, too long or not idx1 of bytes.</exception>
    public static byte[] ReadLabels(string name, byte[] bytes)
    {
        using BoundedFile file = BoundedFile.FromBytes(name, bytes);
        return ReadLabels(name, file);
    }

    private static IdxImages ReadImages(string name, BoundedFile file)
    {
        ReadMagic(name, file, 3);
        int count = ReadSize(name, file, "image count", 0);
        int height = ReadSize(name, file, "row count", 1);
        int width = ReadSize(name, file, "column count", 1);
        long total;
        try
        {
            total = checked((long)count * height * width);
        }
        catch (OverflowException)
        {
            throw new DataFormatException(name, "sizes", 4, $"{count} images of {height}x{width} are more than any file holds");
        }

        byte[] pixels = file.ReadArray(total, "pixels");
        file.ExpectEnd();
        return new IdxImages(count, height, width, pixels);
    }

    private static byte[] ReadLabels(string name, BoundedFile file)
    {
        ReadMagic(name, file, 1);
        int count = ReadSize(name, file, "label count", 0);
        byte[] labels = file.ReadArray(count, "labels");
        file.ExpectEnd();
        return labels;
    }

    private static void ReadMagic(string name, BoundedFile file, int rank)
    {
        int magic = file.ReadInt32BigEndian("magic");
        int expected = (ByteType << 8) | rank;
        if (magic != expected)
        {
            throw new DataFormatException(name, "magic", 0, $"found 0x{magic:X8}, an idx{rank} file of bytes starts with 0x{expected:X8}");
        }
    }

    private static int ReadSize(string name, BoundedFile file, string field, int minimum)
    {
        long offset = file.Position;
        int size = file.ReadInt32BigEndian(field);
        return size >= minimum ? size : throw new DataFormatException(name, field, offset, $"{size} is below {minimum}");
    }
}
