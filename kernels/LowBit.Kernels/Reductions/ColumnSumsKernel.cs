using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Reductions;

/// <summary>One pair of partial sums per block: <c>partials[block] = first[Width], second[Width]</c>.</summary>
internal readonly unsafe struct ColumnSumsKernel<TSums>(TSums sums, FoldedColumns columns, float* partials) : IChunkKernel
    where TSums : struct, IColumnSums
{
    private readonly TSums _sums = sums;
    private readonly FoldedColumns _columns = columns;
    private readonly float* _partials = partials;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* first = _partials + (2L * chunk * _columns.Width);
        ColumnSums.Block<TSums, L, V>(in _sums, in _columns, chunk, first, first + _columns.Width);
    }
}
