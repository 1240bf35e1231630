using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = f(x).</summary>
internal readonly unsafe struct UnaryKernel<TOp>(float* x, float* y) : IElementKernel
    where TOp : struct, IUnaryOp
{
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(TOp.Value<L, V>(L.Load(ref *_x, i)), ref *_y, i);
}
