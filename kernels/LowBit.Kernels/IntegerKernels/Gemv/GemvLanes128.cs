using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>16 bytes, in operations that every CPU with vectors has.</summary>
internal readonly unsafe struct GemvLanes128 : IGemvLanes<Vector128<byte>>
{
    public static Isa Isa => Isa.Vector128;

    public static int Bytes => 16;

    public static int Count => 4;

    public static int TableVectors => 2;

    public static Vector128<byte> Zero => Vector128<byte>.Zero;

    // There is no portable prefetch; hardware follows a single stream by itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* p)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(p);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(void* p) => Vector128.Load((byte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> value, void* p) => value.Store((byte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SplatByte(byte value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SplatWord(short value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SplatInt(int value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast4(byte* p) => Vector128.Create(*(int*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast16(byte* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> And(Vector128<byte> a, Vector128<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AndOr(Vector128<byte> a, Vector128<byte> mask, Vector128<byte> b) => (a & mask) | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRight(Vector128<byte> a, [ConstantExpected] byte bits) => (a.AsUInt16() >>> bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeft(Vector128<byte> a, [ConstantExpected] byte bits) => (a.AsUInt16() << bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Quarter16(Vector128<byte> a) => (a.AsInt16() >> 2).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add8(Vector128<byte> a, Vector128<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add16(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Subtract16(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() - b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add32(Vector128<byte> a, Vector128<byte> b) => (a.AsInt32() + b.AsInt32()).AsByte();

    // A product of an unsigned and a signed byte fits 16 bits (255·128 = 32640), so the low half of the product is all of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PairSums(Vector128<byte> unsigned, Vector128<byte> signed)
    {
        Vector128<short> u = unsigned.AsInt16(), s = signed.AsInt16();
        Vector128<short> even = (u & Vector128.Create((short)255)) * Vector128.ShiftRightArithmetic(s << 8, 8);
        Vector128<short> odd = (u >>> 8) * Vector128.ShiftRightArithmetic(s, 8);
        return (even + odd).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Widen(Vector128<byte> pairs, Vector128<byte> ones)
        => (((pairs.AsInt32() << 16) >> 16) + (pairs.AsInt32() >> 16)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shuffle(Vector128<byte> table, Vector128<byte> index) => Vector128.ShuffleNative(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(Vector128<byte> words, int* sums)
    {
        (Vector128.Load(sums) + Vector128.WidenLower(words.AsUInt16()).AsInt32()).Store(sums);
        (Vector128.Load(sums + 4) + Vector128.WidenUpper(words.AsUInt16()).AsInt32()).Store(sums + 4);
    }
}
