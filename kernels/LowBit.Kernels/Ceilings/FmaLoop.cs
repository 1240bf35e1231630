using System.Runtime.CompilerServices;
using LowBit.Kernels.MatrixProducts;

namespace LowBit.Kernels.Ceilings;

/// <summary>Twelve independent chains of fused multiply-adds: enough to hide a latency of four at two per cycle, few enough for 16 registers.</summary>
internal readonly unsafe struct FmaLoop<L, V> : ICeilingLoop
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int Chains = 12;

    public static double Operations(nint turns, nint bytes) => 2.0 * Chains * L.Count * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        float* p = (float*)memory;

        // c := c·a + a converges, so that no run of any length meets infinities or denormals.
        *p = 0.5f;
        V a = L.Broadcast(p);
        V c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (nint i = 0; i < turns; i++)
        {
            c0 = L.MultiplyAdd(c0, a, a);
            c1 = L.MultiplyAdd(c1, a, a);
            c2 = L.MultiplyAdd(c2, a, a);
            c3 = L.MultiplyAdd(c3, a, a);
            c4 = L.MultiplyAdd(c4, a, a);
            c5 = L.MultiplyAdd(c5, a, a);
            c6 = L.MultiplyAdd(c6, a, a);
            c7 = L.MultiplyAdd(c7, a, a);
            c8 = L.MultiplyAdd(c8, a, a);
            c9 = L.MultiplyAdd(c9, a, a);
            c10 = L.MultiplyAdd(c10, a, a);
            c11 = L.MultiplyAdd(c11, a, a);
        }

        c0 = L.Add(L.Add(L.Add(c0, c1), L.Add(c2, c3)), L.Add(L.Add(c4, c5), L.Add(c6, c7)));
        L.Store(p, L.Add(c0, L.Add(L.Add(c8, c9), L.Add(c10, c11))));
    }
}
