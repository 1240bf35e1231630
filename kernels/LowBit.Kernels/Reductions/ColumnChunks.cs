using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Reductions;

/// <summary>Cuts a <see cref="IColumnKernel"/> into chunks of wide rows.</summary>
internal readonly struct ColumnChunks<TKernel>(TKernel kernel, FoldedColumns columns) : IChunkKernel
    where TKernel : struct, IColumnKernel
{
    private readonly TKernel _kernel = kernel;
    private readonly nuint _count = (nuint)columns.Count;
    private readonly nuint _width = (nuint)columns.Width;

    private nuint ElementsPerChunk => nuint.Max(Launcher.ElementsPerChunk / _width, 1) * _width;

    /// <summary>Chunks in all.</summary>
    public int Count => Launcher.ChunkCount((long)_count, (long)ElementsPerChunk);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        TKernel kernel = _kernel;
        nuint n = (nuint)L.Count;
        nuint row = (nuint)chunk * ElementsPerChunk;
        nuint end = nuint.Min(row + ElementsPerChunk, _count);
        for (; row < end; row += _width)
        {
            nuint width = nuint.Min(_width, end - row);
            nuint c = 0;
            for (; c + (4 * n) <= width; c += 4 * n)
            {
                kernel.Step<L, V>(row + c, c);
                kernel.Step<L, V>(row + c + n, c + n);
                kernel.Step<L, V>(row + c + (2 * n), c + (2 * n));
                kernel.Step<L, V>(row + c + (3 * n), c + (3 * n));
            }

            for (; c + n <= width; c += n)
            {
                kernel.Step<L, V>(row + c, c);
            }

            for (; c < width; c++)
            {
                kernel.Step<LanesScalar, float>(row + c, c);
            }
        }
    }
}
