using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>Runs an <see cref="IPieceKernel"/> over the pieces of <see cref="FakeQuantChunks"/>.</summary>
internal readonly struct PieceChunks<TKernel>(TKernel kernel, FakeQuantChunks chunks) : IChunkKernel
    where TKernel : struct, IPieceKernel
{
    private readonly TKernel _kernel = kernel;
    private readonly FakeQuantChunks _chunks = chunks;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        int first = chunk * _chunks.PiecesPerChunk;
        int last = Math.Min(first + _chunks.PiecesPerChunk, _chunks.PieceCount);
        for (int piece = first; piece < last; piece++)
        {
            _kernel.Piece<L, V>(piece, _chunks.Channel(piece), _chunks.Begin(piece), _chunks.End(piece));
        }
    }
}
