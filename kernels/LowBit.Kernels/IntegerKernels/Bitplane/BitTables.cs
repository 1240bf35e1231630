using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>Constants of the byte shuffles.</summary>
internal static unsafe class BitTables
{
    private const int TableBytes = 16;

    private static ReadOnlySpan<byte> Counts =>
    [
        0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
        0, 2, 2, 4, 2, 4, 4, 6, 2, 4, 4, 6, 4, 6, 6, 8,
        0, 4, 4, 8, 4, 8, 8, 12, 4, 8, 8, 12, 8, 12, 12, 16,
        0, 8, 8, 16, 8, 16, 16, 24, 8, 16, 16, 24, 16, 24, 24, 32,
        0, 16, 16, 32, 16, 32, 32, 48, 16, 32, 32, 48, 32, 48, 48, 64,
    ];

    private static ReadOnlySpan<byte> Repeats =>
    [
        0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7,
    ];

    /// <summary>Thirty-two indices: each of eight four times.</summary>
    public static byte* Fourfold => Address(Repeats);

    /// <summary>For each nibble the number of its bits that are 1, times 2^scale: sixteen bytes.</summary>
    public static byte* NibbleCounts(int scale) => Address(Counts) + (scale * TableBytes);

    // Constant data of the assembly, which never moves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Address(ReadOnlySpan<byte> constant) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(constant));
}
