using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Threading;

/// <summary>One element-wise job with its pointers in fields: a step of one vector, used for whole vectors and, with one lane, for the tail.</summary>
internal interface IElementKernel
{
    /// <summary>Computes the elements <paramref name="i"/> … <paramref name="i"/> + L.Count − 1.</summary>
    void Step<L, V>(nuint i)
        where L : struct, ILanes<V>
        where V : struct;
}
