using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>The numbers of one channel of a shrinking transform and its formula, t = clip((|x| − c)/(2d) + ½, 0, 1) and p = t^γ.</summary>
internal readonly unsafe struct ShrinkChannel(float* grid)
{
    public float Center { get; } = grid[0];

    public float Width { get; } = 2 * grid[1];

    public float Gamma { get; } = grid[2];

    public float Scale { get; } = grid[3];

    /// <summary>The place t in the interval.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Place<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
    {
        V t = L.Add(L.Divide(L.Subtract(L.Abs(x), L.Splat(Center)), L.Splat(Width)), L.Splat(0.5f));
        return L.Max(L.Splat(0f), L.Min(L.Splat(1f), t));
    }

    /// <summary>t^γ; t itself, exactly, when γ is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<L, V>(V t)
        where L : struct, ILanes<V>
        where V : struct
        => Gamma == 1 ? t : LaneMath.Exp<L, V>(L.Multiply(L.Splat(Gamma), LaneMath.Log<L, V>(t)));

    /// <summary>sign(x) with sign(0) = 1, where t is 0 anyway.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Select(L.LessThan(x, L.Splat(0f)), L.Splat(-1f), L.Splat(1f));
}
