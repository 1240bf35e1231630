using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = A·sign(x)·clip((|x| − c)/(2d) + ½, 0, 1)^γ, channel by channel.</summary>
internal readonly unsafe struct ShrinkKernel(FakeQuantShape shape, float* x, float* grid, float* y) : IChunkKernel
{
    private readonly FakeQuantChunks _chunks = new(in shape);
    private readonly float* _x = x;
    private readonly float* _grid = grid;
    private readonly float* _y = y;

    public int ChunkCount => _chunks.ChunkCount;

    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        int first = chunk * _chunks.PiecesPerChunk;
        int last = Math.Min(first + _chunks.PiecesPerChunk, _chunks.PieceCount);
        for (int piece = first; piece < last; piece++)
        {
            Piece<L, V>(_chunks.Begin(piece), _chunks.End(piece), _grid + (_chunks.Channel(piece) * ShrinkGrid.Length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Piece<L, V>(nuint i, nuint end, float* grid)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, y = _y;
        var channel = new ShrinkChannel(grid);
        nuint n = (nuint)L.Count;
        for (; i + n <= end; i += n)
        {
            Step<L, V>(x, y, i, in channel);
        }

        for (; i < end; i++)
        {
            Step<LanesScalar, float>(x, y, i, in channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<L, V>(float* x, float* y, nuint i, in ShrinkChannel channel)
        where L : struct, ILanes<V>
        where V : struct
    {
        V value = L.Load(ref *x, i);
        V p = channel.Power<L, V>(channel.Place<L, V>(value));
        L.Store(L.Multiply(L.Multiply(L.Splat(channel.Scale), ShrinkChannel.Sign<L, V>(value)), p), ref *y, i);
    }
}
