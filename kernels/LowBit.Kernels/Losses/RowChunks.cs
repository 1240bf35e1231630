using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Losses;

/// <summary>Cuts a matrix into chunks of whole rows.</summary>
internal readonly struct RowChunks(int rows, int columns)
{
    private readonly int _rows = rows;
    private readonly int _rowsPerChunk = Math.Max(1, Launcher.ElementsPerChunk / 8 / Math.Max(columns, 1));

    public int Count => Launcher.ChunkCount(_rows, _rowsPerChunk);

    public int Begin(int chunk) => chunk * _rowsPerChunk;

    public int End(int chunk) => Math.Min(Begin(chunk) + _rowsPerChunk, _rows);
}
