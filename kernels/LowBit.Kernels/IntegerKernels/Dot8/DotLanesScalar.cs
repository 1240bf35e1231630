using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>One lane in a general register: what CPUs without vectors run.</summary>
internal readonly unsafe struct DotLanesScalar : IDotLanes<int>
{
    public static Isa Isa => Isa.Scalar;

    public static string Family => KernelRegistry.Dot8Family;

    public static bool IsSupported => CpuFeatures.IsSupported(Isa);

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => false;

    public static int Count => 1;

    public static int Registers => 8;

    public static int Zero => 0;

    public static int Ones => 0x00010001;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Load(byte* p) => *(int*)p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Broadcast(byte* p) => *(int*)p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LoadPair(byte* first, byte* second) => *first | (*second << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LoadBytes(byte* p) => *p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int value, int* p) => *p = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PairSums(int unsigned, int signed)
    {
        int low = ((byte)unsigned * (sbyte)signed) + ((byte)(unsigned >> 8) * (sbyte)(signed >> 8));
        int high = ((byte)(unsigned >> 16) * (sbyte)(signed >> 16)) + ((unsigned >>> 24) * (signed >> 24));
        return (ushort)low | (high << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add16(int a, int b) => (ushort)(a + b) | (((a >> 16) + (b >> 16)) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Widen(int pairs, int ones) => (short)pairs + (pairs >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WordDot(int a, int w) => ((short)a * (short)w) + ((a >> 16) * (w >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add32(int a, int b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AddDot(int sum, int unsigned, int signed, int ones) => Add32(sum, Widen(PairSums(unsigned, signed), ones));
}
