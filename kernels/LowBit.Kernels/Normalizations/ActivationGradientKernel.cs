using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>
/// gx = gamma/deviation · (g − meanGradient − (x − mean)·slope) with g = gy·f'(t): the gradient in front of a batch normalisation, from the
/// gradient behind the function that follows it.
/// </summary>
internal readonly unsafe struct ActivationGradientKernel<TActivation, TAddend>(
    NormColumns columns, float* gy, float* minusMeanGradient, float* minusSlope, float* gx) : IColumnKernel
    where TActivation : struct, IFusedActivation
    where TAddend : struct, IPresence
{
    private readonly NormColumns _columns = columns;
    private readonly float* _gy = gy;
    private readonly float* _minusMeanGradient = minusMeanGradient;
    private readonly float* _minusSlope = minusSlope;
    private readonly float* _gx = gx;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
    {
        V t = _columns.Input<TAddend, L, V>(i, column, out V d);
        V slope = TActivation.InputSlope<L, V>(t, L.Splat(_columns.Step), L.Splat(_columns.Low), L.Splat(_columns.High));
        V centred = L.MultiplyAdd(L.Load(ref *_gy, i), slope, L.Load(ref *_minusMeanGradient, column));
        V direction = L.MultiplyAdd(d, L.Load(ref *_minusSlope, column), centred);
        L.Store(L.Multiply(direction, L.Load(ref *_columns.Scale, column)), ref *_gx, i);
    }
}
