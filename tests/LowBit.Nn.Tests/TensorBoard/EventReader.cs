using System.Text;
using Xunit;

namespace LowBit.Nn.Tests.TensorBoard;

/// <summary>Reads event files by other formulas than the writer's: the checksum bit by bit, numbers by shifts.</summary>
internal static class EventReader
{
    public sealed record Event(double WallTime, long Step, string? Version, List<(string Tag, float Value)> Scalars);

    public static List<Event> Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var events = new List<Event>();
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)Number(file, at, 8));
            Assert.Equal(Masked(file.AsSpan(at, 8)), (uint)Number(file, at + 8, 4));
            byte[] content = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(Masked(content), (uint)Number(file, at + 12 + length, 4));
            events.Add(Parse(content));
            at += 16 + length;
        }

        return events;
    }

    public static int LengthOfLast(byte[] file)
    {
        int at = 0, length = 0;
        for (; at < file.Length; at += length)
        {
            length = 16 + (int)Number(file, at, 8);
        }

        return length;
    }

    /// <summary>CRC-32C: reflected polynomial 0x82F63B78, one bit at a time.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32C(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    private static ulong Number(byte[] bytes, int at, int length)
    {
        ulong value = 0;
        for (int i = 0; i < length; i++)
        {
            value |= (ulong)bytes[at + i] << (8 * i);
        }

        return value;
    }

    private static Event Parse(byte[] message)
    {
        double time = 0;
        long step = 0;
        string? version = null;
        var scalars = new List<(string, float)>();
        foreach ((int field, byte[] content, ulong number) in Fields(message))
        {
            switch (field)
            {
                case 1:
                    time = BitConverter.UInt64BitsToDouble(number);
                    break;
                case 2:
                    step = (long)number;
                    break;
                case 3:
                    version = Encoding.UTF8.GetString(content);
                    break;
                case 5:
                    scalars.AddRange(Fields(content).Select(value => Scalar(value.Content)));
                    break;
                default:
                    Assert.Fail($"field {field}");
                    break;
            }
        }

        return new Event(time, step, version, scalars);
    }

    private static (string Tag, float Value) Scalar(byte[] message)
    {
        Dictionary<int, (byte[] Content, ulong Number)> fields = Fields(message).ToDictionary(f => f.Field, f => (f.Content, f.Number));
        Assert.Equal([1, 2], fields.Keys.Order());
        return (Encoding.UTF8.GetString(fields[1].Content), BitConverter.UInt32BitsToSingle((uint)fields[2].Number));
    }

    private static List<(int Field, byte[] Content, ulong Number)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[], ulong)>();
        int at = 0;
        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = message[at++];
                value |= (ulong)(b % 128) << shift;
                if (b < 128)
                {
                    return value;
                }
            }
        }

        while (at < message.Length)
        {
            ulong key = Varint();
            int width = (int)(key % 8) switch { 1 => 8, 5 => 4, _ => 0 };
            ulong number = width > 0 ? Number(message, at, width) : Varint();
            int length = key % 8 == 2 ? (int)number : 0;
            at += width;
            fields.Add(((int)(key / 8), message[at..(at + length)], number));
            at += length;
        }

        return fields;
    }
}
