using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Elementwise;

/// <summary>g += gy · df/da, or df/db: one input's gradient. Ops that keep no inputs have constant slopes and get gy as a and b.</summary>
internal readonly unsafe struct BinaryBackwardKernel<TOp, TSide>(float* a, float* b, float* gy, float* g) : IElementKernel
    where TOp : struct, IBinaryOp
    where TSide : struct, IBinarySide
{
    private readonly float* _a = a;
    private readonly float* _b = b;
    private readonly float* _gy = gy;
    private readonly float* _g = g;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
    {
        V slope = TSide.Slope<TOp, L, V>(L.Load(ref *_a, i), L.Load(ref *_b, i));
        L.Store(L.MultiplyAdd(L.Load(ref *_gy, i), slope, L.Load(ref *_g, i)), ref *_g, i);
    }
}

/// <summary>Which input of a binary op a gradient belongs to.</summary>
internal interface IBinarySide
{
    static abstract V Slope<TOp, L, V>(V a, V b)
        where TOp : struct, IBinaryOp
        where L : struct, ILanes<V>
        where V : struct;
}

/// <summary>The first input.</summary>
internal readonly struct SideA : IBinarySide
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<TOp, L, V>(V a, V b)
        where TOp : struct, IBinaryOp
        where L : struct, ILanes<V>
        where V : struct
        => TOp.SlopeA<L, V>(a, b);
}

/// <summary>The second input.</summary>
internal readonly struct SideB : IBinarySide
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<TOp, L, V>(V a, V b)
        where TOp : struct, IBinaryOp
        where L : struct, ILanes<V>
        where V : struct
        => TOp.SlopeB<L, V>(a, b);
}
