using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Four lanes with ARM's dot product (<c>sdot</c>): four products and their sum in one instruction, exact. Both operands are signed there, so
/// activations must stay below 128: the kernels serve seven bits and fewer. The rest is the portable 128-bit form.
/// </summary>
internal readonly unsafe struct DotLanesDotProd : IDotLanes<Vector128<int>>
{
    public static Isa Isa => DotLanes128.Isa;

    public static string Family => KernelRegistry.DotProdFamily;

    public static bool IsSupported => Dp.IsSupported && CpuFeatures.Best >= Isa.Vector128;

    public static int MaxActivationBits => 7;

    public static bool DotIsExact => true;

    public static int Count => DotLanes128.Count;

    public static int Registers => DotLanes128.Registers;

    public static Vector128<int> Zero => DotLanes128.Zero;

    public static Vector128<int> Ones => DotLanes128.Ones;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(byte* p) => DotLanes128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* p) => DotLanes128.Broadcast(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadPair(byte* first, byte* second) => DotLanes128.LoadPair(first, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBytes(byte* p) => DotLanes128.LoadBytes(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> value, int* p) => DotLanes128.Store(value, p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> PairSums(Vector128<int> unsigned, Vector128<int> signed) => DotLanes128.PairSums(unsigned, signed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add16(Vector128<int> a, Vector128<int> b) => DotLanes128.Add16(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(Vector128<int> pairs, Vector128<int> ones) => DotLanes128.Widen(pairs, ones);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> WordDot(Vector128<int> a, Vector128<int> w) => DotLanes128.WordDot(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add32(Vector128<int> a, Vector128<int> b) => DotLanes128.Add32(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddDot(Vector128<int> sum, Vector128<int> unsigned, Vector128<int> signed, Vector128<int> ones)
        => Dp.DotProduct(sum, unsigned.AsSByte(), signed.AsSByte());
}
