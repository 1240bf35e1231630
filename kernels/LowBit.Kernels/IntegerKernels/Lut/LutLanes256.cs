using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Two pixels × sixteen outputs: AVX2.</summary>
internal readonly unsafe struct LutLanes256 : ILutLanes<Vector256<byte>>
{
    public static Isa Isa => Isa.Avx2;

    public static int Pixels => 2;

    public static int MaxTiles => 8;

    public static Vector256<byte> Zero => Vector256<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast16(byte* p) => Avx2.BroadcastVector128ToVector256(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Words(short value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Integers(int value) => Vector256.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LoadGroups(byte* p, nint stride) => Vector128.Load(p).ToVector256Unsafe().WithUpper(Vector128.Load(p + stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Shuffle(Vector256<byte> table, Vector256<byte> control) => Avx2.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LookUp(Vector256<byte> sum, Vector256<byte> table, Vector256<byte> control) => sum + Avx2.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> And(Vector256<byte> a, Vector256<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Or(Vector256<byte> a, Vector256<byte> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Xor(Vector256<byte> a, Vector256<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> AddBytes(Vector256<byte> a, Vector256<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> SubtractWords(Vector256<byte> a, Vector256<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(Vector256<byte> bytes, byte* sums)
    {
        (Vector256.Load((short*)sums) + bytes.AsInt16()).Store((short*)sums);
        (Vector256.Load((ushort*)sums + 16) + (bytes.AsUInt16() >>> 8)).Store((ushort*)sums + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftLeft8(Vector256<byte> a) => (a.AsUInt16() << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftLeft32(Vector256<byte> a, int count) => (a.AsUInt32() << count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> ShiftRight32(Vector256<byte> a, int count) => (a.AsUInt32() >>> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> CountAbove(Vector256<byte> count, Vector256<byte> a, Vector256<byte> threshold)
        => (count.AsInt16() - Avx2.CompareGreaterThan(a.AsInt16(), threshold.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> PackWords(Vector256<byte> low, Vector256<byte> high) => Avx2.PackUnsignedSaturate(low.AsInt16(), high.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreGroups(Vector256<byte> value, byte* p, nint stride)
    {
        value.GetLower().Store(p);
        value.GetUpper().Store(p + stride);
    }
}
