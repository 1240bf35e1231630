using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Elementwise;

/// <summary>gx += gy · slope(kept). Without a kept value the slope is a constant and <c>kept</c> points at gy.</summary>
internal readonly unsafe struct UnaryBackwardKernel<TOp>(float* kept, float* gy, float* gx) : IElementKernel
    where TOp : struct, IUnaryOp
{
    private readonly float* _kept = kept;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
    {
        V slope = TOp.Slope<L, V>(L.Load(ref *_kept, i));
        L.Store(L.MultiplyAdd(L.Load(ref *_gy, i), slope, L.Load(ref *_gx, i)), ref *_gx, i);
    }
}
