using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Four pixels × sixteen outputs: AVX-512 F and BW.</summary>
internal readonly unsafe struct LutLanes512 : ILutLanes<Vector512<byte>>
{
    public static Isa Isa => Isa.Avx512;

    public static int Pixels => 4;

    public static int MaxTiles => 16;

    public static Vector512<byte> Zero => Vector512<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Broadcast16(byte* p) => Avx512F.BroadcastVector128ToVector512((int*)p).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Words(short value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Integers(int value) => Vector512.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LoadGroups(byte* p, nint stride)
    {
        if (stride == 16)
        {
            return Vector512.Load(p);
        }

        Vector256<byte> low = Vector128.Load(p).ToVector256Unsafe().WithUpper(Vector128.Load(p + stride));
        Vector256<byte> high = Vector128.Load(p + (2 * stride)).ToVector256Unsafe().WithUpper(Vector128.Load(p + (3 * stride)));
        return Avx512F.InsertVector256(low.ToVector512Unsafe().AsUInt64(), high.AsUInt64(), 1).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Shuffle(Vector512<byte> table, Vector512<byte> control) => Avx512BW.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LookUp(Vector512<byte> sum, Vector512<byte> table, Vector512<byte> control) => sum + Avx512BW.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> And(Vector512<byte> a, Vector512<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Or(Vector512<byte> a, Vector512<byte> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Xor(Vector512<byte> a, Vector512<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> AddBytes(Vector512<byte> a, Vector512<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> SubtractWords(Vector512<byte> a, Vector512<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(Vector512<byte> bytes, byte* sums)
    {
        (Vector512.Load((short*)sums) + bytes.AsInt16()).Store((short*)sums);
        (Vector512.Load((ushort*)sums + 32) + Avx512BW.ShiftRightLogical(bytes.AsUInt16(), 8)).Store((ushort*)sums + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftLeft8(Vector512<byte> a) => Avx512BW.ShiftLeftLogical(a.AsUInt16(), 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftLeft32(Vector512<byte> a, int count) => (a.AsUInt32() << count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> ShiftRight32(Vector512<byte> a, int count) => (a.AsUInt32() >>> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> CountAbove(Vector512<byte> count, Vector512<byte> a, Vector512<byte> threshold)
    {
        Vector512<short> sum = count.AsInt16();
        Vector512<short> above = Avx512BW.CompareGreaterThan(a.AsInt16(), threshold.AsInt16());
        return Vector512.ConditionalSelect(above, sum + Vector512<short>.One, sum).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> PackWords(Vector512<byte> low, Vector512<byte> high) => Avx512BW.PackUnsignedSaturate(low.AsInt16(), high.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreGroups(Vector512<byte> value, byte* p, nint stride)
    {
        if (stride == 16)
        {
            value.Store(p);
            return;
        }

        value.GetLower().GetLower().Store(p);
        Avx512F.ExtractVector128(value, 1).Store(p + stride);
        Avx512F.ExtractVector128(value, 2).Store(p + (2 * stride));
        Avx512F.ExtractVector128(value, 3).Store(p + (3 * stride));
    }
}
