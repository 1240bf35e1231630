using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Tensors.Ops;

/// <summary>
/// gx = gy · slope(kept) as a function of two inputs: the backward pass of an element-wise function when there is nothing to
/// add to, which may run in place. Not differentiable itself.
/// </summary>
internal readonly struct ChainRule<TOp> : IBinaryOp
    where TOp : struct, IUnaryOp
{
    public static string Name => TOp.Name;

    public static bool KeepsInputs => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => L.Multiply(a, TOp.Slope<L, V>(b));

    public static V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => throw NoSlope();

    public static V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct
        => throw NoSlope();

    public static double Exact(double a, double b) => throw NoSlope();

    private static NotSupportedException NoSlope() => new($"the backward pass of {TOp.Name} is not differentiated again");
}
