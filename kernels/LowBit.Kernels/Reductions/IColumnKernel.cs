using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>An element-wise job over a matrix whose arguments differ by column.</summary>
internal interface IColumnKernel
{
    /// <summary>Computes the elements <paramref name="i"/> … + L.Count − 1, which lie in columns <paramref name="column"/> ….</summary>
    void Step<L, V>(nuint i, nuint column)
        where L : struct, ILanes<V>
        where V : struct;
}
