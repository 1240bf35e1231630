using System.IO.Compression;

namespace LowBit.Data.Readers;

/// <summary>
/// A data file opened for reading, plain or gzip, that never hands out more bytes than the file can hold. Deflate expands by
/// at most 1032:1, so a declared size above 1032 · file length is a lie that is found before anything is allocated.
/// </summary>
internal sealed class BoundedFile : IDisposable
{
    /// <summary>The greatest expansion of deflate (RFC 1951: 258 bytes from two bits).</summary>
    public const int MaximumExpansion = 1032;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly long _limit;
    private long _position;

    private BoundedFile(string name, Stream stream, long limit)
    {
        _name = name;
        _stream = stream;
        _limit = limit;
    }

    /// <summary>An upper bound of the bytes that this file can still give.</summary>
    public long Remaining => _limit - _position;

    /// <summary>Bytes handed out so far.</summary>
    public long Position => _position;

    /// <summary>Opens a file; gzip is recognised by its first two bytes.</summary>
    public static BoundedFile Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return Wrap(path, file);
    }

    /// <summary>Reads from memory; <paramref name="name"/> appears in messages.</summary>
    public static BoundedFile FromBytes(string name, byte[] bytes) => Wrap(name, new MemoryStream(bytes, writable: false));

    private static BoundedFile Wrap(string name, Stream file)
    {
        long length = file.Length;
        int first = file.ReadByte();
        int second = file.ReadByte();
        file.Position = 0;
        return first == 0x1F && second == 0x8B
            ? new BoundedFile(name, new GZipStream(file, CompressionMode.Decompress), length * MaximumExpansion)
            : new BoundedFile(name, file, length);
    }

    /// <summary>Fills the span or throws, naming the field.</summary>
    public void Read(Span<byte> destination, string field)
    {
        int got = Fill(destination, field);
        if (got < destination.Length)
        {
            throw new DataFormatException(_name, field, _position + got, $"the file ends after {got} of {destination.Length} bytes; it is truncated");
        }

        _position += destination.Length;
    }

    /// <summary>Allocates and fills an array, after checking that the file can hold that many bytes.</summary>
    public byte[] ReadArray(long count, string field)
    {
        if (count > Remaining || count > Sets.ImageSet.MaximumBytes)
        {
            throw new DataFormatException(_name, field, _position, $"{count} bytes are announced, the file can hold {Remaining} at most");
        }

        var array = new byte[count];
        Read(array, field);
        return array;
    }

    /// <summary>Reads a big-endian 32-bit number.</summary>
    public int ReadInt32BigEndian(string field)
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes, field);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    /// <summary>Throws when anything follows the last field.</summary>
    public void ExpectEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (Fill(one, "end") != 0)
        {
            throw new DataFormatException(_name, "end", _position, "more bytes follow than the header announces");
        }
    }

    public void Dispose() => _stream.Dispose();

    private int Fill(Span<byte> destination, string field)
    {
        try
        {
            return _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException)
        {
            throw new DataFormatException(_name, field, _position, "the compressed data are damaged");
        }
    }
}
