using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>y = s·(clamp(round(x/s) + z, low, high) − z), channel by channel.</summary>
internal readonly unsafe struct FakeQuantKernel<TRounding>(FakeQuantShape shape, float* x, float* steps, float* y) : IPieceKernel
    where TRounding : struct, IRounding
{
    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
    private readonly float* _x = x;
    private readonly float* _steps = steps;
    private readonly float* _y = y;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, y = _y;
        float step = _steps[channel], low = _low, high = _high;
        nuint i = begin, n = (nuint)L.Count;
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
