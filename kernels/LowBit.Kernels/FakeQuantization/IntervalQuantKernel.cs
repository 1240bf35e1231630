using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = r·(clamp(round((x − o)/s) + z, low, high) − z), channel by channel: offset, input and output step of their own.</summary>
internal readonly unsafe struct IntervalQuantKernel<TRounding>(FakeQuantShape shape, float* x, float* grid, float* y) : IChunkKernel
    where TRounding : struct, IRounding
{
    private readonly FakeQuantChunks _chunks = new(in shape);
    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
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
            Piece<L, V>(_chunks.Begin(piece), _chunks.End(piece), _grid + (_chunks.Channel(piece) * IntervalGrid.Length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Piece<L, V>(nuint i, nuint end, float* grid)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, y = _y;
        var channel = new IntervalChannel(grid, _low, _high);
        nuint n = (nuint)L.Count;
        for (; i + (2 * n) <= end; i += 2 * n)
        {
            Step<L, V>(x, y, i, in channel);
            Step<L, V>(x, y, i + n, in channel);
        }

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
    private static void Step<L, V>(float* x, float* y, nuint i, in IntervalChannel channel)
        where L : struct, ILanes<V>
        where V : struct
    {
        // Divide, do not multiply by 1/s: the two differ in the last bit and then round to other codes near ties.
        V v = L.Divide(L.Subtract(L.Load(ref *x, i), L.Splat(channel.Offset)), L.Splat(channel.Step));
        V q = FakeQuantMath.Clip<TRounding, L, V>(v, L.Splat(channel.Low), L.Splat(channel.High));
        L.Store(L.Multiply(L.Splat(channel.Output), q), ref *y, i);
    }
}
