using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Losses;

/// <summary>y = x − max − log Σ exp(x − max), row by row.</summary>
internal readonly unsafe struct LogSoftmaxKernel(int rows, int columns, float* x, float* y) : IChunkKernel
{
    private readonly int _rows = rows;
    private readonly int _columns = columns;
    private readonly float* _x = x;
    private readonly float* _y = y;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        var part = new RowChunks(_rows, _columns);
        for (int row = part.Begin(chunk); row < part.End(chunk); row++)
        {
            Row<L, V>(_x + ((long)row * _columns), _y + ((long)row * _columns), (nuint)_columns);
        }
    }

    /// <summary>One row; x and y may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<L, V>(float* x, float* y, nuint columns)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count, c = 0;
        float largest = RowMath.Largest<L, V>(x, columns);
        V sums = L.Splat(0f);
        for (; c + n <= columns; c += n)
        {
            sums = L.Add(sums, LaneMath.Exp<L, V>(L.Subtract(L.Load(ref *x, c), L.Splat(largest))));
        }

        float sum = L.Sum(sums);
        for (; c < columns; c++)
        {
            sum += LaneMath.Exp<LanesScalar, float>(x[c] - largest);
        }

        float log = LaneMath.Log<LanesScalar, float>(sum);
        for (c = 0; c + n <= columns; c += n)
        {
            L.Store(L.Subtract(L.Subtract(L.Load(ref *x, c), L.Splat(largest)), L.Splat(log)), ref *y, c);
        }

        for (; c < columns; c++)
        {
            y[c] = x[c] - largest - log;
        }
    }
}
