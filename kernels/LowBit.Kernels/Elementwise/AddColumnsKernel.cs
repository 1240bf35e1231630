using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Elementwise;

/// <summary>y = x + v[column].</summary>
internal readonly unsafe struct AddColumnsKernel(float* x, float* v, float* y) : IColumnKernel
{
    private readonly float* _x = x;
    private readonly float* _v = v;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.Add(L.Load(ref *_x, i), L.Load(ref *_v, column)), ref *_y, i);
}
