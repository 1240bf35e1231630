using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>gx += gy · scale[column].</summary>
internal readonly unsafe struct ScaleGradientKernel(float* gy, float* scale, float* gx) : IColumnKernel
{
    private readonly float* _gy = gy;
    private readonly float* _scale = scale;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
        => L.Store(L.MultiplyAdd(L.Load(ref *_gy, i), L.Load(ref *_scale, column), L.Load(ref *_gx, i)), ref *_gx, i);
}
