using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = s·(clamp(round(x/s) + z, low, high) − z), channel by channel.</summary>
internal readonly unsafe struct FakeQuantKernel<TRounding>(FakeQuantShape shape, float* x, float* steps, float* y) : IChunkKernel
    where TRounding : struct, IRounding
{
    private readonly FakeQuantChunks _chunks = new(in shape);
    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
    private readonly float* _x = x;
    private readonly float* _steps = steps;
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
            Piece<L, V>(_x, _y, _chunks.Begin(piece), _chunks.End(piece), _steps[_chunks.Channel(piece)], _low, _high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Piece<L, V>(float* x, float* y, nuint i, nuint end, float step, float low, float high)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count;
        for (; i + (4 * n) <= end; i += 4 * n)
        {
            Step<L, V>(x, y, i, step, low, high);
            Step<L, V>(x, y, i + n, step, low, high);
            Step<L, V>(x, y, i + (2 * n), step, low, high);
            Step<L, V>(x, y, i + (3 * n), step, low, high);
        }

        for (; i + n <= end; i += n)
        {
            Step<L, V>(x, y, i, step, low, high);
        }

        for (; i < end; i++)
        {
            Step<LanesScalar, float>(x, y, i, step, low, high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<L, V>(float* x, float* y, nuint i, float step, float low, float high)
        where L : struct, ILanes<V>
        where V : struct
    {
        // Divide, do not multiply by 1/s: the two differ in the last bit and then round to other codes near ties.
        V v = L.Divide(L.Load(ref *x, i), L.Splat(step));
        V q = FakeQuantMath.Clip<TRounding, L, V>(v, L.Splat(low), L.Splat(high));
        L.Store(L.Multiply(L.Splat(step), q), ref *y, i);
    }
}
