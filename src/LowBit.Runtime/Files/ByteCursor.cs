using System.Buffers.Binary;
using System.Text;
using LowBit.Kernels.Files;

namespace LowBit.Runtime.Files;

/// <summary>Reads little-endian fields of one section and knows where it stands in the file. Never reads or allocates beyond the section.</summary>
internal ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _file;
    private readonly string _section;
    private readonly long _start;
    private int _at;

    public ByteCursor(ReadOnlySpan<byte> bytes, string file, string section, long start)
    {
        _bytes = bytes;
        _file = file;
        _section = section;
        _start = start;
    }

    /// <summary>Offset of the next field from the start of the file.</summary>
    public readonly long Offset => _start + _at;

    public readonly int Remaining => _bytes.Length - _at;

    public byte U8(string field) => Take(1, field)[0];

    public uint U32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, field));

    public int I32(string field) => BinaryPrimitives.ReadInt32LittleEndian(Take(4, field));

    public long I64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(8, field));

    public double F64(string field) => BinaryPrimitives.ReadDoubleLittleEndian(Take(8, field));

    public bool Flag(string field)
    {
        byte value = U8(field);
        return value <= 1 ? value == 1 : throw Broken(field, $"{value} is neither 0 nor 1", 1);
    }

    /// <summary>A count of records that take at least <paramref name="recordBytes"/> each: it cannot exceed what is left of the section.</summary>
    public int Count(string field, int limit, int recordBytes)
    {
        uint count = U32(field);
        if (count > (uint)limit || (long)count * recordBytes > Remaining)
        {
            throw Broken(field, $"{count} records of at least {recordBytes} bytes do not fit the {Remaining} bytes that are left (limit {limit})", 4);
        }

        return (int)count;
    }

    public string Text(string field, int limit)
    {
        int length = Count(field, checked(limit * 4), 1);
        ReadOnlySpan<byte> bytes = Take(length, field);
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new LowBitFormatException(_file, $"{_section}.{field}", Offset - length, "the bytes are not UTF-8 text; the file is damaged", error);
        }
    }

    public ReadOnlySpan<byte> Take(int length, string field)
    {
        if (length > Remaining)
        {
            throw Broken(field, $"{length} bytes are needed, {Remaining} are left in the section; the file is damaged", 0);
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(_at, length);
        _at += length;
        return bytes;
    }

    public readonly void End()
    {
        if (Remaining != 0)
        {
            throw Broken("end", $"{Remaining} bytes follow the last record; the file is damaged", 0);
        }
    }

    /// <summary>The error for a field that was just read and is <paramref name="size"/> bytes long.</summary>
    public readonly LowBitFormatException Broken(string field, string message, int size)
        => new(_file, $"{_section}.{field}", Offset - size, message);

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
