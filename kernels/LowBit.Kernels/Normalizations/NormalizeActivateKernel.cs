using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;

namespace LowBit.Kernels.Normalizations;

/// <summary>y = f((x − mean)·scale + shift (+ addend)) in one pass.</summary>
internal readonly unsafe struct NormalizeActivateKernel<TActivation, TAddend>(NormColumns columns, float* y) : IColumnKernel
    where TActivation : struct, IFusedActivation
    where TAddend : struct, IPresence
{
    private readonly NormColumns _columns = columns;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct
    {
        V t = _columns.Input<TAddend, L, V>(i, column, out _);
        L.Store(TActivation.Value<L, V>(t, L.Splat(_columns.Step), L.Splat(_columns.Low), L.Splat(_columns.High)), ref *_y, i);
    }
}
