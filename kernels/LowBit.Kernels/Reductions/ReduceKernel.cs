using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Reductions;

/// <summary>Reduces blocks of 4096 elements in float and the blocks of a chunk, in order, in double: one partial result per chunk.</summary>
internal readonly unsafe struct ReduceKernel<TOp>(float* x, nuint count, double* partials) : IChunkKernel
    where TOp : struct, IReduction
{
    /// <summary>Elements of one chunk.</summary>
    public const int ElementsPerChunk = 16 * BlockLength;

    private const int BlockLength = 4096;
    private readonly float* _x = x;
    private readonly nuint _count = count;
    private readonly double* _partials = partials;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint i = (nuint)chunk * ElementsPerChunk;
        nuint end = nuint.Min(i + ElementsPerChunk, _count);
        double total = TOp.Identity;
        while (i < end)
        {
            nuint blockEnd = nuint.Min(i + BlockLength, end);
            total = TOp.Combine(total, Block<L, V>(_x, i, blockEnd));
            i = blockEnd;
        }

        _partials[chunk] = total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Block<L, V>(float* x, nuint i, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count;
        V a = L.Splat(TOp.Identity), b = a, c = a, d = a;
        for (; i + (4 * n) <= end; i += 4 * n)
        {
            a = TOp.Combine<L, V>(a, TOp.Map<L, V>(L.Load(ref *x, i)));
            b = TOp.Combine<L, V>(b, TOp.Map<L, V>(L.Load(ref *x, i + n)));
            c = TOp.Combine<L, V>(c, TOp.Map<L, V>(L.Load(ref *x, i + (2 * n))));
            d = TOp.Combine<L, V>(d, TOp.Map<L, V>(L.Load(ref *x, i + (3 * n))));
        }

        for (; i + n <= end; i += n)
        {
            a = TOp.Combine<L, V>(a, TOp.Map<L, V>(L.Load(ref *x, i)));
        }

        a = TOp.Combine<L, V>(TOp.Combine<L, V>(a, c), TOp.Combine<L, V>(b, d));
        float* lanes = stackalloc float[16];
        L.Store(a, ref *lanes, 0);
        float result = lanes[0];
        for (int lane = 1; lane < L.Count; lane++)
        {
            result = TOp.Combine<LanesScalar, float>(result, lanes[lane]);
        }

        for (; i < end; i++)
        {
            result = TOp.Combine<LanesScalar, float>(result, TOp.Map<LanesScalar, float>(x[i]));
        }

        return result;
    }
}
