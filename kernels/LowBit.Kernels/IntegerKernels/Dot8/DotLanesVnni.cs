using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Eight lanes with AVX-VNNI: four products and their sum in one instruction (<c>vpdpbusd</c>), exact for all bytes; the rest is AVX2's.</summary>
internal readonly unsafe struct DotLanesVnni : IDotLanes<Vector256<int>>
{
    public static Isa Isa => DotLanes256.Isa;

    public static string Family => KernelRegistry.VnniFamily;

    public static bool IsSupported => AvxVnni.IsSupported && CpuFeatures.Best >= Isa.Avx2;

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => true;

    public static int Count => DotLanes256.Count;

    public static int Registers => DotLanes256.Registers;

    public static Vector256<int> Zero => DotLanes256.Zero;

    public static Vector256<int> Ones => DotLanes256.Ones;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* p) => DotLanes256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* p) => DotLanes256.Broadcast(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadPair(byte* first, byte* second) => DotLanes256.LoadPair(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadBytes(byte* p) => DotLanes256.LoadBytes(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, int* p) => DotLanes256.Store(value, p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> PairSums(Vector256<int> unsigned, Vector256<int> signed) => DotLanes256.PairSums(unsigned, signed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add16(Vector256<int> a, Vector256<int> b) => DotLanes256.Add16(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> pairs, Vector256<int> ones) => DotLanes256.Widen(pairs, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> WordDot(Vector256<int> a, Vector256<int> w) => DotLanes256.WordDot(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add32(Vector256<int> a, Vector256<int> b) => DotLanes256.Add32(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddDot(Vector256<int> sum, Vector256<int> unsigned, Vector256<int> signed, Vector256<int> ones)
        => AvxVnni.MultiplyWideningAndAdd(sum, unsigned.AsByte(), signed.AsSByte());
}
