using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = r·(clamp(round((x − o)/s) + z, low, high) − z), channel by channel: offset, input and output step of their own.</summary>
internal readonly unsafe struct IntervalQuantKernel<TRounding>(FakeQuantShape shape, float* x, float* grid, float* y) : IPieceKernel
    where TRounding : struct, IRounding
{
    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
    private readonly float* _x = x;
    private readonly float* _grid = grid;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, y = _y;
        var arguments = new IntervalChannel(_grid + (channel * IntervalGrid.Length), _low, _high);
        nuint i = begin, n = (nuint)L.Count;
        for (; i + (2 * n) <= end; i += 2 * n)
        {
            Step<L, V>(x, y, i, in arguments);
            Step<L, V>(x, y, i + n, in arguments);
        }

        for (; i + n <= end; i += n)
        {
            Step<L, V>(x, y, i, in arguments);
        }

        for (; i < end; i++)
        {
            Step<LanesScalar, float>(x, y, i, in arguments);
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
