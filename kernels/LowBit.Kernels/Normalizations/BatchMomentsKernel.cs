using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Normalizations;

/// <summary>
/// Mean and sum of squared deviations of every column of a block: two passes over a block that stays in the cache, so no
/// cancellation spoils the variance of data far from zero. Blocks are combined by <see cref="BatchMoments"/>.
/// </summary>
internal readonly unsafe struct BatchMomentsKernel(float* x, FoldedColumns columns, float* partials) : IChunkKernel
{
    private readonly float* _x = x;
    private readonly FoldedColumns _columns = columns;
    private readonly float* _partials = partials;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        int width = _columns.Width;
        float* mean = _partials + (2L * chunk * width);
        float* squares = mean + width;
        ColumnSums.Block<PlainColumnSum, L, V>(new PlainColumnSum(_x), in _columns, chunk, mean, squares);
        for (int c = 0; c < width; c++)
        {
            mean[c] /= Math.Max(_columns.Samples(chunk, c), 1);
        }

        ColumnSums.Block<SquaredDeviations, L, V>(new SquaredDeviations(_x, mean), in _columns, chunk, squares, mean);
    }

    /// <summary>Σ (x − mean)².</summary>
    private readonly struct SquaredDeviations(float* x, float* mean) : IColumnSums
    {
        private readonly float* _x = x;
        private readonly float* _mean = mean;

        public static bool HasSecond => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V First<L, V>(nuint i, nuint column, V sum)
            where L : struct, ILanes<V>
            where V : struct
        {
            V d = L.Subtract(L.Load(ref *_x, i), L.Load(ref *_mean, column));
            return L.MultiplyAdd(d, d, sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Second<L, V>(nuint i, nuint column, V sum)
            where L : struct, ILanes<V>
            where V : struct
            => sum;
    }
}
