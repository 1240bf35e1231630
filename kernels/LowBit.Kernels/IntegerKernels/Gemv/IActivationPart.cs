using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>What of an activation code a row holds. Kernels whose operands are too narrow for a code take it as a sum of two parts.</summary>
internal interface IActivationPart
{
    static abstract Vector128<byte> Of(Vector128<byte> codes);
}

/// <summary>The code itself.</summary>
internal readonly struct WholeCode : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes;
}

/// <summary>The code less 128, a signed byte.</summary>
internal readonly struct CenteredCode : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes ^ Vector128.Create((byte)128);
}

/// <summary>Half of the code, rounded down: at most 127.</summary>
internal readonly struct HalfDown : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes >>> 1;
}

/// <summary>Half of the code, rounded up: at most 128.</summary>
internal readonly struct HalfUp : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes - (codes >>> 1);
}

/// <summary>The lower four bits.</summary>
internal readonly struct LowNibble : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes & Vector128.Create((byte)15);
}

/// <summary>The upper four bits, a sixteenth of what they count.</summary>
internal readonly struct HighNibble : IActivationPart
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Of(Vector128<byte> codes) => codes >>> 4;
}
