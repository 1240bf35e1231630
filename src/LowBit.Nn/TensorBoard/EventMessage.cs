using System.Buffers.Binary;
using System.Text;

namespace LowBit.Nn.TensorBoard;

/// <summary>
/// TensorBoard's <c>Event</c> in the wire format of Protocol Buffers: wall time (1, double, seconds since 1970), step (2, int64), file
/// version (3, string), summary (5) of values (1), each with a tag (1, string) and a number (2, float).
/// </summary>
internal static class EventMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    /// <summary>The event that every file starts with.</summary>
    public static byte[] Version(double wallTime)
    {
        var message = new List<byte>();
        AddDouble(message, 1, wallTime);
        AddBytes(message, 3, "brain.Event:2"u8);
        return [.. message];
    }

    /// <summary>An event with scalars.</summary>
    public static byte[] Scalars(double wallTime, long step, IReadOnlyList<(string Tag, double Value)> scalars)
    {
        var summary = new List<byte>();
        Span<byte> number = stackalloc byte[4];
        foreach ((string tag, double value) in scalars)
        {
            var inner = new List<byte>();
            AddBytes(inner, 1, Encoding.UTF8.GetBytes(tag));
            AddVarint(inner, (2 << 3) | Fixed32);
            BinaryPrimitives.WriteSingleLittleEndian(number, (float)value);
            inner.AddRange(number);
            AddBytes(summary, 1, [.. inner]);
        }

        var message = new List<byte>();
        AddDouble(message, 1, wallTime);
        AddVarint(message, (2 << 3) | Varint);
        AddVarint(message, (ulong)step);
        AddBytes(message, 5, [.. summary]);
        return [.. message];
    }

    /// <summary>The step of an event, 0 when it has none (as the version event); null for bytes that are no message.</summary>
    public static long? StepOf(ReadOnlySpan<byte> message)
    {
        long step = 0;
        while (!message.IsEmpty)
        {
            if (!TakeVarint(ref message, out ulong key))
            {
                return null;
            }

            ulong value = 0;
            int skip = (int)(key & 7) switch
            {
                Varint => TakeVarint(ref message, out value) ? 0 : -1,
                Fixed64 => 8,
                Bytes => TakeVarint(ref message, out ulong length) && length <= (ulong)message.Length ? (int)length : -1,
                Fixed32 => 4,
                _ => -1,
            };
            if (skip < 0 || skip > message.Length)
            {
                return null;
            }

            message = message[skip..];
            step = key == ((2 << 3) | Varint) ? (long)value : step;
        }

        return step;
    }

    private static void AddDouble(List<byte> message, int field, double value)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(number, value);
        AddVarint(message, ((ulong)field << 3) | Fixed64);
        message.AddRange(number);
    }

    private static void AddBytes(List<byte> message, int field, ReadOnlySpan<byte> content)
    {
        AddVarint(message, ((ulong)field << 3) | Bytes);
        AddVarint(message, (ulong)content.Length);
        message.AddRange(content);
    }

    private static void AddVarint(List<byte> message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            message.Add((byte)(value | 0x80));
        }

        message.Add((byte)value);
    }

    private static bool TakeVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
