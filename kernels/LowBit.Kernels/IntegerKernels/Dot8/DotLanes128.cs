using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Four lanes in portable vector operations: SSE on x86-64, NEON on ARM64.</summary>
internal readonly unsafe struct DotLanes128 : IDotLanes<Vector128<int>>
{
    public static Isa Isa => Isa.Vector128;

    public static string Family => KernelRegistry.Dot8Family;

    public static bool IsSupported => CpuFeatures.IsSupported(Isa);

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => false;

    public static int Count => 4;

    public static int Registers => 16;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    public static Vector128<int> Ones => Vector128.Create((short)1).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* p) => Vector128.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* p) => Vector128.Create(*(int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPair(byte* first, byte* second) => Widen(first) | (Widen(second) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytes(byte* p) => Widen(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, int* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PairSums(Vector128<int> unsigned, Vector128<int> signed)
        => Ssse3.IsSupported ? Ssse3.MultiplyAddAdjacent(unsigned.AsByte(), signed.AsSByte()).AsInt32() : PortablePairSums(unsigned, signed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add16(Vector128<int> a, Vector128<int> b) => (a.AsInt16() + b.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(Vector128<int> pairs, Vector128<int> ones)
        => Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(pairs.AsInt16(), ones.AsInt16()) : ((pairs << 16) >> 16) + (pairs >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> WordDot(Vector128<int> a, Vector128<int> w)
        => Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(a.AsInt16(), w.AsInt16()) : PortableWordDot(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add32(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddDot(Vector128<int> sum, Vector128<int> unsigned, Vector128<int> signed, Vector128<int> ones) => Add32(sum, Widen(PairSums(unsigned, signed), ones));

    // A product of an unsigned and a signed byte fits 16 bits (255·128 = 32640), so the low half of the product is all of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> PortablePairSums(Vector128<int> unsigned, Vector128<int> signed)
    {
        Vector128<short> u = unsigned.AsInt16(), s = signed.AsInt16();
        Vector128<short> even = (u & Vector128.Create((short)255)) * Vector128.ShiftRightArithmetic(s << 8, 8);
        Vector128<short> odd = (u >>> 8) * Vector128.ShiftRightArithmetic(s, 8);
        return (even + odd).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> PortableWordDot(Vector128<int> a, Vector128<int> w)
        => (((a << 16) >> 16) * ((w << 16) >> 16)) + ((a >> 16) * (w >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(byte* p)
        => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(p)).AsByte())).AsInt32();
}
