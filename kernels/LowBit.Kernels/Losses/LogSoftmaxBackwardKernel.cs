using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Losses;

/// <summary>gx += gy − exp(y)·Σ gy, row by row.</summary>
internal readonly unsafe struct LogSoftmaxBackwardKernel(int rows, int columns, float* y, float* gy, float* gx) : IChunkKernel
{
    private readonly int _rows = rows;
    private readonly int _columns = columns;
    private readonly float* _y = y;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        var part = new RowChunks(_rows, _columns);
        for (int row = part.Begin(chunk); row < part.End(chunk); row++)
        {
            long at = (long)row * _columns;
            Row<L, V>(_y + at, _gy + at, _gx + at, (nuint)_columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<L, V>(float* y, float* gy, float* gx, nuint columns)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count, c = 0;
        float sum = RowMath.Sum<L, V>(gy, columns);
        for (; c + n <= columns; c += n)
        {
            Step<L, V>(y, gy, gx, c, sum);
        }

        for (; c < columns; c++)
        {
            Step<LanesScalar, float>(y, gy, gx, c, sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<L, V>(float* y, float* gy, float* gx, nuint c, float sum)
        where L : struct, ILanes<V>
        where V : struct
    {
        V p = LaneMath.Exp<L, V>(L.Load(ref *y, c));
        V g = L.MultiplyAdd(p, L.Splat(-sum), L.Load(ref *gy, c));
        L.Store(L.Add(L.Load(ref *gx, c), g), ref *gx, c);
    }
}
