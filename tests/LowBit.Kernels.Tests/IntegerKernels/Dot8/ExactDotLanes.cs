using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Tests.IntegerKernels.Dot8;

/// <summary>One lane whose four-product sum is exact, as AVX-VNNI's is: lets every machine run the code around that instruction.</summary>
internal readonly unsafe struct ExactDotLanes : IDotLanes<int>
{
    public static Isa Isa => Isa.Scalar;

    public static string Family => "exact";

    public static bool IsSupported => true;

    public static int MaxActivationBits => 8;

    public static bool DotIsExact => true;

    public static int Count => 1;

    public static int Registers => 16;

    public static int Zero => 0;

    public static int Ones => DotLanesScalar.Ones;

    public static int Load(byte* p) => DotLanesScalar.Load(p);

    public static int Broadcast(byte* p) => DotLanesScalar.Broadcast(p);

    public static int LoadPair(byte* first, byte* second) => DotLanesScalar.LoadPair(first, second);

    public static int LoadBytes(byte* p) => DotLanesScalar.LoadBytes(p);

    public static void Store(int value, int* p) => *p = value;

    public static int PairSums(int unsigned, int signed) => throw new InvalidOperationException("exact sums never pass through 16 bits");

    public static int Add16(int a, int b) => throw new InvalidOperationException("exact sums never pass through 16 bits");

    public static int Widen(int pairs, int ones) => throw new InvalidOperationException("exact sums never pass through 16 bits");

    public static int WordDot(int a, int w) => throw new InvalidOperationException("exact sums never need 16-bit codes");

    public static int Add32(int a, int b) => a + b;

    public static int AddDot(int sum, int unsigned, int signed, int ones)
    {
        for (int i = 0; i < 32; i += 8)
        {
            sum += (byte)(unsigned >> i) * (sbyte)(signed >> i);
        }

        return sum;
    }
}
