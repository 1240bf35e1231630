using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Sixty-four outputs with AVX-512 F and BW: any function of three bits is one instruction, whose result replaces its first operand. Activations are broadcast as
/// 32-bit and used as 64-bit numbers: that keeps the compiler from making the broadcast part of the instruction, which would then need a copy of the sum.
/// </summary>
internal readonly unsafe struct BitLanes512 : IBitLanes<Vector512<byte>>
{
    public static Isa Isa => Isa.Avx512;

    public static int Bytes => 64;

    public static int Pixels => 2;

    public static Vector512<byte> Zero => Vector512<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast4(byte* p) => Vector512.Create(*(uint*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddAnd(Vector512<byte> a, Vector512<byte> w, Vector512<byte> sum)
        => Avx512F.TernaryLogic(a.AsUInt64(), w.AsUInt64(), sum.AsUInt64(), 0x6A).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddXor(Vector512<byte> a, Vector512<byte> w, Vector512<byte> sum)
        => Avx512F.TernaryLogic(a.AsUInt64(), w.AsUInt64(), sum.AsUInt64(), 0x96).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> CarryOfProducts(Vector512<byte> first, Vector512<byte> second, Vector512<byte> sum)
        => Avx512F.TernaryLogic(first.AsUInt32(), second.AsUInt32(), sum.AsUInt32(), 0x3A).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Parity(Vector512<byte> a, Vector512<byte> b, Vector512<byte> c)
        => Avx512F.TernaryLogic(a.AsUInt32(), b.AsUInt32(), c.AsUInt32(), 0x96).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Carry(Vector512<byte> a, Vector512<byte> c, Vector512<byte> parity)
        => Avx512F.TernaryLogic(a.AsUInt32(), c.AsUInt32(), parity.AsUInt32(), 0xD4).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> And(Vector512<byte> a, Vector512<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddBytes(Vector512<byte> a, Vector512<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddWords(Vector512<byte> a, Vector512<byte> b) => (a.AsInt16() + b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SubtractWords(Vector512<byte> a, Vector512<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> CountBits(Vector512<byte> bits, int scale)
    {
        Vector512<byte> table = Avx512F.BroadcastVector128ToVector512((int*)BitTables.NibbleCounts(scale)).AsByte(), nibble = Vector512.Create((byte)15);
        return Avx512BW.Shuffle(table, bits & nibble) + Avx512BW.Shuffle(table, Avx512BW.ShiftRightLogical(bits.AsUInt16(), 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LowerWords(Vector512<byte> low, Vector512<byte> high)
        => Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackLow(low, high), Vector512.Create((short)0x2001).AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> UpperWords(Vector512<byte> low, Vector512<byte> high)
        => Avx512BW.MultiplyAddAdjacent(Avx512BW.UnpackHigh(low, high), Vector512.Create((short)0x2001).AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Words(short value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> CountAbove(Vector512<byte> count, Vector512<byte> a, Vector512<byte> threshold)
    {
        Vector512<short> sum = count.AsInt16();
        Vector512<short> above = Avx512BW.CompareGreaterThan(a.AsInt16(), threshold.AsInt16());
        return Vector512.ConditionalSelect(above, sum + Vector512<short>.One, sum).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> PackWords(Vector512<byte> lower, Vector512<byte> upper)
        => Avx512F.PermuteVar8x64(Avx512BW.PackUnsignedSaturate(lower.AsInt16(), upper.AsInt16()).AsUInt64(), Vector512.Create(0UL, 2, 4, 6, 1, 3, 5, 7)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Plane(byte* codes, Vector512<byte> bit)
        => Avx512BW.CompareEqual(Vector512.Load(codes) & bit, bit).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ulong bits, byte* to) => BitLanes256.Spread(bits, to);
}
