using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How the weights are fetched: one stream, strictly forward, asked for ahead of its use.</summary>
internal static unsafe class GemvStream
{
    // Far enough to cover the latency of the shared cache, near enough to stay in the nearest one. Hardware prefetchers end at every page.
    private const int Ahead = 2048;

    private const int CacheLine = 64;

    /// <summary>Asks for the lines that lie <see cref="Ahead"/> of the next <paramref name="vectors"/> vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p, int vectors)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p + Ahead);
        if (vectors * L.Bytes > CacheLine)
        {
            L.Prefetch(p + Ahead + CacheLine);
        }

        if (vectors * L.Bytes > 2 * CacheLine)
        {
            L.Prefetch(p + Ahead + (2 * CacheLine));
        }

        if (vectors * L.Bytes > 3 * CacheLine)
        {
            L.Prefetch(p + Ahead + (3 * CacheLine));
        }

        if (vectors * L.Bytes > 4 * CacheLine)
        {
            L.Prefetch(p + Ahead + (4 * CacheLine));
        }
    }
}
