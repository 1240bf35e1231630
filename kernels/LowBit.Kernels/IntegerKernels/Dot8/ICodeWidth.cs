using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>How activation codes lie in a 32-bit step.</summary>
internal unsafe interface ICodeWidth
{
    /// <summary>Codes in a step.</summary>
    static abstract int Codes { get; }

    /// <summary>One step from <see cref="Codes"/> bytes.</summary>
    static abstract int Step(byte* p);

    /// <summary>Four steps from 4 · <see cref="Codes"/> bytes.</summary>
    static abstract Vector128<int> FourSteps(byte* p);
}

/// <summary>Four bytes.</summary>
internal readonly unsafe struct ByteCodes : ICodeWidth
{
    public static int Codes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Step(byte* p) => Unsafe.ReadUnaligned<int>(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> FourSteps(byte* p) => Vector128.Load((int*)p);
}

/// <summary>Two 16-bit integers, for pairs whose products must be formed in 32 bits.</summary>
internal readonly unsafe struct WordCodes : ICodeWidth
{
    public static int Codes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Step(byte* p) => p[0] | (p[1] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> FourSteps(byte* p) => Sse41.ConvertToVector128Int16(p).AsInt32();
}
