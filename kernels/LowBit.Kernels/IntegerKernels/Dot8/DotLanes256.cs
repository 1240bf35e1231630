using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Eight lanes: AVX2.</summary>
internal readonly unsafe struct DotLanes256 : IDotLanes<Vector256<int>>
{
    public static Isa Isa => Isa.Avx2;

    public static string Family => KernelRegistry.Dot8Family;

    public static bool IsSupported => CpuFeatures.IsSupported(Isa);

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => false;

    public static int Count => 8;

    public static int Registers => 16;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    public static Vector256<int> Ones => Vector256.Create((short)1).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* p) => Vector256.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* p) => Vector256.Create(*(int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPair(byte* first, byte* second)
        => Avx2.ConvertToVector256Int32(first) | (Avx2.ConvertToVector256Int32(second) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadBytes(byte* p) => Avx2.ConvertToVector256Int32(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PairSums(Vector256<int> unsigned, Vector256<int> signed)
        => Avx2.MultiplyAddAdjacent(unsigned.AsByte(), signed.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add16(Vector256<int> a, Vector256<int> b) => (a.AsInt16() + b.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> pairs, Vector256<int> ones) => Avx2.MultiplyAddAdjacent(pairs.AsInt16(), ones.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WordDot(Vector256<int> a, Vector256<int> w) => Avx2.MultiplyAddAdjacent(a.AsInt16(), w.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add32(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddDot(Vector256<int> sum, Vector256<int> unsigned, Vector256<int> signed, Vector256<int> ones) => Add32(sum, Widen(PairSums(unsigned, signed), ones));
}
