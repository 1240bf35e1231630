using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>Σ x down the columns.</summary>
internal readonly unsafe struct PlainColumnSum(float* x) : IColumnSums
{
    private readonly float* _x = x;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V First<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct
        => L.Add(sum, L.Load(ref *_x, i));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Second<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct
        => sum;
}
