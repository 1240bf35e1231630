using System.Buffers.Binary;
using System.Numerics;

namespace LowBit.Kernels.Files;

/// <summary>Checksums of files: CRC-32C for short records, XXH64 for whole files.</summary>
public static class Checksum
{
    private const ulong P1 = 0x9E3779B185EBCA87;
    private const ulong P2 = 0xC2B2AE3D27D4EB4F;
    private const ulong P3 = 0x165667B19E3779F9;
    private const ulong P4 = 0x85EBCA77C2B2AE63;
    private const ulong P5 = 0x27D4EB2F165667C5;

    /// <summary>CRC-32C (Castagnoli, reflected 0x82F63B78, start and final xor all ones).</summary>
    /// <param name="data">The bytes; "123456789" gives 0xE3069283.</param>
    public static uint Crc32C(ReadOnlySpan<byte> data) => AppendCrc32C(0, data);

    /// <summary>The CRC-32C of earlier bytes followed by <paramref name="data"/>.</summary>
    /// <param name="crc">The checksum of the earlier bytes, 0 for none.</param>
    /// <param name="data">The bytes that follow.</param>
    public static uint AppendCrc32C(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }

    /// <summary>XXH64 (Collet, xxHash specification 0.1.1), about 10 GB/s, not cryptographic.</summary>
    /// <param name="data">The bytes; none gives 0xEF46DB3751D8E999 for seed 0.</param>
    /// <param name="seed">Start value.</param>
    public static ulong XxHash64(ReadOnlySpan<byte> data, ulong seed = 0)
    {
        ulong length = (ulong)data.Length;
        ulong hash = seed + P5;
        if (data.Length >= 32)
        {
            ulong a = seed + P1 + P2, b = seed + P2, c = seed, d = seed - P1;
            while (data.Length >= 32)
            {
                a = Round(a, Word(data));
                b = Round(b, Word(data[8..]));
                c = Round(c, Word(data[16..]));
                d = Round(d, Word(data[24..]));
                data = data[32..];
            }

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }

        hash += length;
        for (; data.Length >= 8; data = data[8..])
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, Word(data)), 27) * P1) + P4;
        }

        if (data.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(data) * P1), 23) * P2) + P3;
            data = data[4..];
        }

        foreach (byte value in data)
        {
            hash = BitOperations.RotateLeft(hash ^ (value * P5), 11) * P1;
        }

        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        return hash ^ (hash >> 32);
    }

    private static ulong Word(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt64LittleEndian(data);

    private static ulong Round(ulong accumulator, ulong word) => BitOperations.RotateLeft(accumulator + (word * P2), 31) * P1;

    private static ulong Merge(ulong hash, ulong accumulator) => ((hash ^ Round(0, accumulator)) * P1) + P4;
}
