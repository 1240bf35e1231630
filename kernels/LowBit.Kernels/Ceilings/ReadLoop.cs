using System.Runtime.CompilerServices;
using LowBit.Kernels.MatrixProducts;

namespace LowBit.Kernels.Ceilings;

/// <summary>
/// Reads memory from start to end, eight vectors at a time into eight sums: an addition takes four cycles, in which two load units read eight vectors, so that
/// the loads and not the sums are what is measured.
/// </summary>
internal readonly unsafe struct ReadLoop<L, V> : ICeilingLoop
    where L : struct, IFmaLanes<V>
    where V : struct
{
    public static double Operations(nint turns, nint bytes) => (double)turns * bytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        V a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (nint turn = 0; turn < turns; turn++)
        {
            float* end = (float*)(memory + bytes);
            for (float* p = (float*)memory; p < end; p += 8 * L.Count)
            {
                a = L.Add(a, L.Load(p));
                b = L.Add(b, L.Load(p + L.Count));
                c = L.Add(c, L.Load(p + (2 * L.Count)));
                d = L.Add(d, L.Load(p + (3 * L.Count)));
                e = L.Add(e, L.Load(p + (4 * L.Count)));
                f = L.Add(f, L.Load(p + (5 * L.Count)));
                g = L.Add(g, L.Load(p + (6 * L.Count)));
                h = L.Add(h, L.Load(p + (7 * L.Count)));
            }
        }

        // The memory holds zeros and keeps them: all sums are zero.
        L.Store((float*)memory, L.Add(L.Add(L.Add(a, b), L.Add(c, d)), L.Add(L.Add(e, f), L.Add(g, h))));
    }
}
