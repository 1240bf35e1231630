using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Hints to the cache; they change no result and may name any address.</summary>
internal static unsafe class Cache
{
    /// <summary>Asks for the line at <paramref name="address"/>; nothing on CPUs without the instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
