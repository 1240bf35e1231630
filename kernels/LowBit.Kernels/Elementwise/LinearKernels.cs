using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = value.</summary>
internal readonly unsafe struct FillKernel(float value, float* y) : IElementKernel
{
    private readonly float _value = value;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.Splat(_value), ref *_y, i);
}

/// <summary>y = x, bit by bit.</summary>
internal readonly unsafe struct CopyKernel(float* x, float* y) : IElementKernel
{
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.Load(ref *_x, i), ref *_y, i);
}

/// <summary>y = alpha · x.</summary>
internal readonly unsafe struct ScaleKernel(float alpha, float* x, float* y) : IElementKernel
{
    private readonly float _alpha = alpha;
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.Multiply(L.Splat(_alpha), L.Load(ref *_x, i)), ref *_y, i);
}

/// <summary>y += alpha · x, fused.</summary>
internal readonly unsafe struct AccumulateKernel(float alpha, float* x, float* y) : IElementKernel
{
    private readonly float _alpha = alpha;
    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.MultiplyAdd(L.Splat(_alpha), L.Load(ref *_x, i), L.Load(ref *_y, i)), ref *_y, i);
}
