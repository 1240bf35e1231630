using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>gx += scale·(gy − meanGradient − (x − mean)·slope), with slope = Σ gy·(x − mean) / (n·(var + ε)).</summary>
internal readonly unsafe struct NormalizeBackwardKernel(
    float* x, float* gy, float* mean, float* scale, float* meanGradient, float* slope, float* gx) : IColumnKernel
{
    private readonly float* _x = x;
    private readonly float* _gy = gy;
    private readonly float* _mean = mean;
    private readonly float* _scale = scale;
    private readonly float* _meanGradient = meanGradient;
    private readonly float* _slope = slope;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
    {
        V d = L.Subtract(L.Load(ref *_mean, column), L.Load(ref *_x, i));
        V centred = L.Subtract(L.Load(ref *_gy, i), L.Load(ref *_meanGradient, column));
        V direction = L.MultiplyAdd(d, L.Load(ref *_slope, column), centred);
        L.Store(L.MultiplyAdd(direction, L.Load(ref *_scale, column), L.Load(ref *_gx, i)), ref *_gx, i);
    }
}
