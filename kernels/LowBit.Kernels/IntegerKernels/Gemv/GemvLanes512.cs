using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>64 bytes: AVX-512 F and BW.</summary>
internal readonly unsafe struct GemvLanes512 : IGemvLanes<Vector512<byte>>
{
    public static Isa Isa => Isa.Avx512;

    public static int Bytes => 64;

    public static int Count => 16;

    public static int TableVectors => 4;

    public static Vector512<byte> Zero => Vector512<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* p) => Sse.Prefetch0(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(void* p) => Vector512.Load((byte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> value, void* p) => value.Store((byte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SplatByte(byte value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SplatWord(short value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SplatInt(int value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast4(byte* p) => Vector512.Create(*(int*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast16(byte* p) => Avx512F.BroadcastVector128ToVector512((int*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> And(Vector512<byte> a, Vector512<byte> b) => a & b;

    // 0xEA: (a & mask) | b, bit by bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AndOr(Vector512<byte> a, Vector512<byte> mask, Vector512<byte> b)
        => Avx512F.TernaryLogic(a.AsInt32(), mask.AsInt32(), b.AsInt32(), 0xEA).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftRight(Vector512<byte> a, [ConstantExpected] byte bits) => Avx512BW.ShiftRightLogical(a.AsUInt16(), bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftLeft(Vector512<byte> a, [ConstantExpected] byte bits) => Avx512BW.ShiftLeftLogical(a.AsUInt16(), bits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Quarter16(Vector512<byte> a) => Avx512BW.ShiftRightArithmetic(a.AsInt16(), 2).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add8(Vector512<byte> a, Vector512<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add16(Vector512<byte> a, Vector512<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Subtract16(Vector512<byte> a, Vector512<byte> b) => (a.AsUInt16() - b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add32(Vector512<byte> a, Vector512<byte> b) => (a.AsInt32() + b.AsInt32()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> PairSums(Vector512<byte> unsigned, Vector512<byte> signed)
        => Avx512BW.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Widen(Vector512<byte> pairs, Vector512<byte> ones)
        => Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), ones.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Shuffle(Vector512<byte> table, Vector512<byte> index) => Avx512BW.Shuffle(table, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(Vector512<byte> words, int* sums)
    {
        (Vector512.Load(sums) + Avx512F.ConvertToVector512Int32(words.GetLower().AsUInt16())).Store(sums);
        (Vector512.Load(sums + 16) + Avx512F.ConvertToVector512Int32(words.GetUpper().AsUInt16())).Store(sums + 16);
    }
}
