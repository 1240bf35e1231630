using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = f(a, b).</summary>
internal readonly unsafe struct BinaryKernel<TOp>(float* a, float* b, float* y) : IElementKernel
    where TOp : struct, IBinaryOp
{
    private readonly float* _a = a;
    private readonly float* _b = b;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(TOp.Value<L, V>(L.Load(ref *_a, i), L.Load(ref *_b, i)), ref *_y, i);
}
