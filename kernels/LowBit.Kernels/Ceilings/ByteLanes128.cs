using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.Ceilings;

/// <summary>Portable 128-bit bytes; x86 with SSSE3 has the pair products as one instruction.</summary>
internal readonly unsafe struct ByteLanes128 : IByteLanes<Vector128<byte>>
{
    public static int Bytes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* destination, Vector128<byte> value) => Vector128.Store(value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> PairSums(Vector128<byte> unsigned, Vector128<byte> signed)
    {
        if (Ssse3.IsSupported)
        {
            return Ssse3.MultiplyAddAdjacent(unsigned, signed.AsSByte()).AsByte();
        }

        (Vector128<ushort> u0, Vector128<ushort> u1) = Vector128.Widen(unsigned);
        (Vector128<short> s0, Vector128<short> s1) = Vector128.Widen(signed.AsSByte());
        return ((u0.AsInt16() * s0) + (u1.AsInt16() * s1)).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> WidenAdd(Vector128<byte> sums, Vector128<byte> pairs, Vector128<byte> ones)
    {
        if (Sse2.IsSupported)
        {
            return (sums.AsInt32() + Sse2.MultiplyAddAdjacent(pairs.AsInt16(), ones.AsInt16())).AsByte();
        }

        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(pairs.AsInt16());
        return (sums.AsInt32() + low + high).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddWords(Vector128<byte> a, Vector128<byte> b) => (a.AsInt16() + b.AsInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> AddBytes(Vector128<byte> a, Vector128<byte> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shuffle(Vector128<byte> table, Vector128<byte> index) => Vector128.ShuffleNative(table, index);
}
