using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Sixteen outputs in portable vector operations: SSSE3 on x86-64, NEON, which counts bits, on ARM64.
/// </summary>
internal readonly unsafe struct BitLanes128 : IBitLanes<Vector128<byte>>
{
    public static Isa Isa => Isa.Vector128;

    public static int Bytes => 16;

    public static int Pixels => 1;

    public static Vector128<byte> Zero => Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast4(byte* p) => Vector128.Create(*(uint*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddAnd(Vector128<byte> a, Vector128<byte> w, Vector128<byte> sum) => sum ^ (w & a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddXor(Vector128<byte> a, Vector128<byte> w, Vector128<byte> sum) => sum ^ (w ^ a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> CarryOfProducts(Vector128<byte> first, Vector128<byte> second, Vector128<byte> sum) => Vector128.ConditionalSelect(first, ~second, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Parity(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) => a ^ c ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Carry(Vector128<byte> a, Vector128<byte> c, Vector128<byte> parity) => Vector128.ConditionalSelect(a ^ c, ~parity, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Xor(Vector128<byte> a, Vector128<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> And(Vector128<byte> a, Vector128<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddBytes(Vector128<byte> a, Vector128<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddWords(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() + b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SubtractWords(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> CountBits(Vector128<byte> bits, int scale)
    {
        if (AdvSimd.IsSupported)
        {
            return AdvSimd.PopCount(bits) << scale;
        }

        Vector128<byte> table = Vector128.Load(BitTables.NibbleCounts(scale)), nibble = Vector128.Create((byte)15);
        return Vector128.Shuffle(table, bits & nibble) + Vector128.Shuffle(table, (bits.AsUInt16() >>> 4).AsByte() & nibble);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowerWords(Vector128<byte> low, Vector128<byte> high) => (Vector128.WidenLower(low) + (Vector128.WidenLower(high) << 5)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> UpperWords(Vector128<byte> low, Vector128<byte> high) => (Vector128.WidenUpper(low) + (Vector128.WidenUpper(high) << 5)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Words(short value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> CountAbove(Vector128<byte> count, Vector128<byte> a, Vector128<byte> threshold)
        => (count.AsInt16() - Vector128.GreaterThan(a.AsInt16(), threshold.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PackWords(Vector128<byte> lower, Vector128<byte> upper) => Vector128.Narrow(lower.AsUInt16(), upper.AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Plane(byte* codes, Vector128<byte> bit)
    {
        ulong bits = 0;
        for (int i = 0; i < 4; i++)
        {
            bits |= (ulong)Vector128.Equals(Vector128.Load(codes + (16 * i)) & bit, bit).ExtractMostSignificantBits() << (16 * i);
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(ulong bits, byte* to)
    {
        Vector128<byte> bytes = Vector128.Create(bits).AsByte();
        Vector128.Shuffle(bytes, Vector128.Load(BitTables.Fourfold)).Store(to);
        Vector128.Shuffle(bytes, Vector128.Load(BitTables.Fourfold + 16)).Store(to + 16);
    }
}
