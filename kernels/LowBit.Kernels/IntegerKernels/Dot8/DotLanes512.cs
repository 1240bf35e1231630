using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>Sixteen lanes: AVX-512 F and BW.</summary>
internal readonly unsafe struct DotLanes512 : IDotLanes<Vector512<int>>
{
    public static Isa Isa => Isa.Avx512;

    public static string Family => KernelRegistry.Dot8Family;

    public static bool IsSupported => CpuFeatures.IsSupported(Isa);

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => false;

    public static int Count => 16;

    public static int Registers => 32;

    public static Vector512<int> Zero => Vector512<int>.Zero;

    public static Vector512<int> Ones => Vector512.Create((short)1).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(byte* p) => Vector512.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(byte* p) => Vector512.Create(*(int*)p);

    // The second operand's bytes go to the third of four places each: a broadcast (load port only) and a shuffle save the shift.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadPair(byte* first, byte* second)
    {
        Vector512<int> places = Vector512.Create(
            unchecked((int)0x80008080), unchecked((int)0x80018080), unchecked((int)0x80028080), unchecked((int)0x80038080),
            unchecked((int)0x80048080), unchecked((int)0x80058080), unchecked((int)0x80068080), unchecked((int)0x80078080),
            unchecked((int)0x80088080), unchecked((int)0x80098080), unchecked((int)0x800A8080), unchecked((int)0x800B8080),
            unchecked((int)0x800C8080), unchecked((int)0x800D8080), unchecked((int)0x800E8080), unchecked((int)0x800F8080));
        Vector512<sbyte> seconds = Avx512F.BroadcastVector128ToVector512((int*)second).AsSByte();
        return Avx512F.ConvertToVector512Int32(Vector128.Load(first)) | Avx512BW.Shuffle(seconds, places.AsSByte()).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBytes(byte* p) => Avx512F.ConvertToVector512Int32(Vector128.Load(p));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> value, int* p) => value.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> PairSums(Vector512<int> unsigned, Vector512<int> signed)
        => Avx512BW.MultiplyAddAdjacent(unsigned.AsByte(), signed.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add16(Vector512<int> a, Vector512<int> b) => (a.AsInt16() + b.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen(Vector512<int> pairs, Vector512<int> ones) => Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), ones.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> WordDot(Vector512<int> a, Vector512<int> w) => Avx512BW.MultiplyAddAdjacent(a.AsInt16(), w.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add32(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddDot(Vector512<int> sum, Vector512<int> unsigned, Vector512<int> signed, Vector512<int> ones) => Add32(sum, Widen(PairSums(unsigned, signed), ones));
}
