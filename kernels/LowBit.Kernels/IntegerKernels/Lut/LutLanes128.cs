using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>One pixel × sixteen outputs in portable vector operations: SSSE3 on x86-64, NEON on ARM64.</summary>
internal readonly unsafe struct LutLanes128 : ILutLanes<Vector128<byte>>
{
    public static Isa Isa => Isa.Vector128;

    public static int Pixels => 1;

    public static int MaxTiles => 8;

    public static Vector128<byte> Zero => Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> value, byte* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Broadcast16(byte* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Words(short value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Integers(int value) => Vector128.Create(value).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LoadGroups(byte* p, nint stride) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shuffle(Vector128<byte> table, Vector128<byte> control) => Vector128.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LookUp(Vector128<byte> sum, Vector128<byte> table, Vector128<byte> control) => sum + Vector128.Shuffle(table, control);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> And(Vector128<byte> a, Vector128<byte> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Or(Vector128<byte> a, Vector128<byte> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Xor(Vector128<byte> a, Vector128<byte> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddBytes(Vector128<byte> a, Vector128<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> SubtractWords(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() - b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen(Vector128<byte> bytes, byte* sums)
    {
        (Vector128.Load((short*)sums) + bytes.AsInt16()).Store((short*)sums);
        (Vector128.Load((ushort*)sums + 8) + (bytes.AsUInt16() >>> 8)).Store((ushort*)sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeft8(Vector128<byte> a) => (a.AsUInt16() << 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftLeft32(Vector128<byte> a, int count) => (a.AsUInt32() << count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ShiftRight32(Vector128<byte> a, int count) => (a.AsUInt32() >>> count).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> CountAbove(Vector128<byte> count, Vector128<byte> a, Vector128<byte> threshold)
        => (count.AsInt16() - Vector128.GreaterThan(a.AsInt16(), threshold.AsInt16())).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PackWords(Vector128<byte> low, Vector128<byte> high) => Vector128.Narrow(low.AsUInt16(), high.AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreGroups(Vector128<byte> value, byte* p, nint stride) => value.Store(p);
}
