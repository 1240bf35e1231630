using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>y = (x − mean)·scale + shift, the last two steps fused. Subtracting first keeps precision where |mean| is large.</summary>
internal readonly unsafe struct NormalizeKernel(float* x, float* mean, float* scale, float* shift, float* y) : IColumnKernel
{
    private readonly float* _x = x;
    private readonly float* _mean = mean;
    private readonly float* _scale = scale;
    private readonly float* _shift = shift;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
    {
        V d = L.Subtract(L.Load(ref *_x, i), L.Load(ref *_mean, column));
        L.Store(L.MultiplyAdd(d, L.Load(ref *_scale, column), L.Load(ref *_shift, column)), ref *_y, i);
    }
}
