using System.Buffers.Binary;
using System.Numerics;
using LowBit.Kernels.Files;

namespace LowBit.Nn.TensorBoard;

/// <summary>
/// TFRecord framing: length of the content (u64), masked CRC-32C of these 8 bytes (u32), content, masked CRC-32C of the content (u32),
/// little-endian (tensorflow/core/lib/io/record_writer.h).
/// </summary>
internal static class RecordFraming
{
    private const int Head = 12;
    private const int Tail = 4;
    private const int LargestContent = 1 << 24;

    /// <summary>A record around some content.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> content)
    {
        byte[] record = new byte[Head + content.Length + Tail];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        content.CopyTo(record.AsSpan(Head));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Head + content.Length), Masked(content));
        return record;
    }

    /// <summary>The record at the start of some bytes.</summary>
    /// <param name="bytes">The rest of a file.</param>
    /// <param name="content">The content of the record.</param>
    /// <returns>Length of the whole record; 0 when there is none or it is damaged.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (bytes.Length < Head + Tail || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Masked(bytes[..8]))
        {
            return 0;
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > LargestContent || (int)length > bytes.Length - Head - Tail)
        {
            return 0;
        }

        ReadOnlySpan<byte> inside = bytes.Slice(Head, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Head + inside.Length)..]) != Masked(inside))
        {
            return 0;
        }

        content = inside;
        return Head + inside.Length + Tail;
    }

    // A checksum of data that holds checksums is weak, so the format rotates it and adds a constant.
    private static uint Masked(ReadOnlySpan<byte> data) => BitOperations.RotateRight(Checksum.Crc32C(data), 15) + 0xA282EAD8;
}
