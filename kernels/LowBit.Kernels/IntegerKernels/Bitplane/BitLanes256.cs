using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Thirty-two outputs with AVX2.
/// </summary>
internal readonly unsafe struct BitLanes256 : IBitLanes<Vector256<byte>>
{
    public static Isa Isa => Isa.Avx2;

    public static int Bytes => 32;

    public static int Pixels => 1;

    public static Vector256<byte> Zero => Vector256<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast4(byte* p) => Vector256.Create(*(uint*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddAnd(Vector256<byte> a, Vector256<byte> w, Vector256<byte> sum) => sum ^ (w & a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddXor(Vector256<byte> a, Vector256<byte> w, Vector256<byte> sum) => sum ^ (w ^ a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> CarryOfProducts(Vector256<byte> first, Vector256<byte> second, Vector256<byte> sum)
        => Vector256.AndNot(first, second) | Vector256.AndNot(sum, first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Parity(Vector256<byte> a, Vector256<byte> b, Vector256<byte> c) => a ^ c ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Carry(Vector256<byte> a, Vector256<byte> c, Vector256<byte> parity)
    {
        Vector256<byte> differ = a ^ c;
        return Vector256.AndNot(differ, parity) | Vector256.AndNot(a, differ);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Xor(Vector256<byte> a, Vector256<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> And(Vector256<byte> a, Vector256<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddBytes(Vector256<byte> a, Vector256<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddWords(Vector256<byte> a, Vector256<byte> b) => (a.AsInt16() + b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SubtractWords(Vector256<byte> a, Vector256<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> CountBits(Vector256<byte> bits, int scale)
    {
        Vector256<byte> table = Avx2.BroadcastVector128ToVector256(BitTables.NibbleCounts(scale)), nibble = Vector256.Create((byte)15);
        return Avx2.Shuffle(table, bits & nibble) + Avx2.Shuffle(table, Avx2.ShiftRightLogical(bits.AsUInt16(), 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LowerWords(Vector256<byte> low, Vector256<byte> high)
        => Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(low, high), Vector256.Create((short)0x2001).AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> UpperWords(Vector256<byte> low, Vector256<byte> high)
        => Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(low, high), Vector256.Create((short)0x2001).AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Words(short value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> CountAbove(Vector256<byte> count, Vector256<byte> a, Vector256<byte> threshold)
        => (count.AsInt16() - Avx2.CompareGreaterThan(a.AsInt16(), threshold.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> PackWords(Vector256<byte> lower, Vector256<byte> upper)
        => Avx2.Permute4x64(Avx2.PackUnsignedSaturate(lower.AsInt16(), upper.AsInt16()).AsUInt64(), 0b11_01_10_00).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Plane(byte* codes, Vector256<byte> bit)
    {
        uint low = (uint)Avx2.MoveMask(Avx2.CompareEqual(Vector256.Load(codes) & bit, bit));
        return low | ((ulong)(uint)Avx2.MoveMask(Avx2.CompareEqual(Vector256.Load(codes + 32) & bit, bit)) << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ulong bits, byte* to) => Avx2.Shuffle(Vector256.Create(bits).AsByte(), Vector256.Load(BitTables.Fourfold)).Store(to);
}
