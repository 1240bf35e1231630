using System.Buffers.Binary;
using System.Text;

namespace LowBit.Runtime.Files;

/// <summary>A growing buffer of little-endian fields.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void U8(int value) => Room(1)[0] = checked((byte)value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    public void I32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    public void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    public void F64(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>Length in bytes as u32, then UTF-8.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        U32((uint)length);
        Encoding.UTF8.GetBytes(text, Room(length));
    }

    public void PadTo(int alignment)
    {
        int rest = Length % alignment;
        if (rest != 0)
        {
            Room(alignment - rest).Clear();
        }
    }

    private Span<byte> Room(int length)
    {
        int end = checked(Length + length);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, checked(_bytes.Length * 2)));
        }

        Span<byte> room = _bytes.AsSpan(Length, length);
        Length = end;
        return room;
    }
}
