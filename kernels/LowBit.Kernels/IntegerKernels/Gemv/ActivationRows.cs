using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>Activations of one pixel, brought into the form that the inner loops read, past the end of which they may read too.</summary>
internal static unsafe class ActivationRows
{
    /// <summary>Writes a part of each code.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="length">How many.</param>
    /// <param name="row">Receives them; room for <paramref name="length"/> rounded up to 16. What lies past the last code is unspecified.</param>
    /// <returns>The sum of the codes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Write<P>(byte* codes, int length, byte* row)
        where P : struct, IActivationPart
    {
        Vector128<int> sum = Vector128<int>.Zero;
        int i = 0;
        for (; i + 16 <= length; i += 16)
        {
            Vector128<byte> v = Vector128.Load(codes + i);
            P.Of(v).Store(row + i);
            sum += Sums(v);
        }

        if (i < length)
        {
            Vector128<byte> v = Vector128<byte>.Zero;
            Unsafe.CopyBlockUnaligned(&v, codes + i, (uint)(length - i));
            P.Of(v).Store(row + i);
            sum += Sums(v);
        }

        return Vector128.Sum(sum);
    }

    // Sums of some of the bytes in each lane; together they are the sum of all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sums(Vector128<byte> v)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.SumAbsoluteDifferences(v, Vector128<byte>.Zero).AsInt32();
        }

        Vector128<ushort> pairs = (v.AsUInt16() & Vector128.Create((ushort)255)) + (v.AsUInt16() >>> 8);
        return ((pairs.AsUInt32() & Vector128.Create(0xFFFFu)) + (pairs.AsUInt32() >>> 16)).AsInt32();
    }
}
