using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// gx (+)= gy·dy/dx and one partial Σ gy·dy/ds per piece, in one pass. A null <c>gx</c> or <c>partials</c> is skipped; gx may be gy.
/// </summary>
internal readonly unsafe struct FakeQuantBackwardKernel<TRounding, TEstimator>(
    FakeQuantShape shape, float* x, float* steps, float* gy, float* gx, bool accumulate, double* partials) : IPieceKernel
    where TRounding : struct, IRounding
    where TEstimator : struct, IEstimator
{
    // Floats are summed over this many elements, then go on in double.
    private const int BlockLength = 2048;

    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
    private readonly float* _x = x;
    private readonly float* _steps = steps;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;
    private readonly bool _accumulate = accumulate;
    private readonly double* _partials = partials;

    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        float step = _steps[channel];
        double sum = 0;
        for (nuint i = begin; i < end; i += BlockLength)
        {
            nuint blockEnd = nuint.Min(i + BlockLength, end);
            sum += _gx == null ? Block<WithoutInput, L, V>(i, blockEnd, step)
                : _accumulate ? Block<AddedInput, L, V>(i, blockEnd, step) : Block<WrittenInput, L, V>(i, blockEnd, step);
        }

        if (_partials != null)
        {
            _partials[piece] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Block<TInput, L, V>(nuint i, nuint end, float step)
        where TInput : struct, IInputGradient
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, gy = _gy, gx = _gx;
        float low = _low, high = _high;
        nuint n = (nuint)L.Count;
        V a = L.Splat(0f), b = a;
        for (; i + (2 * n) <= end; i += 2 * n)
        {
            a = Step<TInput, L, V>(x, gy, gx, i, step, low, high, a);
            b = Step<TInput, L, V>(x, gy, gx, i + n, step, low, high, b);
        }

        for (; i + n <= end; i += n)
        {
            a = Step<TInput, L, V>(x, gy, gx, i, step, low, high, a);
        }

        float sum = L.Sum(L.Add(a, b));
        for (; i < end; i++)
        {
            sum = Step<TInput, LanesScalar, float>(x, gy, gx, i, step, low, high, sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step<TInput, L, V>(float* x, float* gy, float* gx, nuint i, float step, float low, float high, V sum)
        where TInput : struct, IInputGradient
        where L : struct, ILanes<V>
        where V : struct
    {
        V v = L.Divide(L.Load(ref *x, i), L.Splat(step));
        V q = FakeQuantMath.Clip<TRounding, L, V>(v, L.Splat(low), L.Splat(high));
        V g = L.Load(ref *gy, i);
        if (TInput.IsWanted)
        {
            V slope = TEstimator.InputSlope<L, V>(v, q, L.Splat(low), L.Splat(high));
            L.Store(TInput.IsAdded ? L.MultiplyAdd(g, slope, L.Load(ref *gx, i)) : L.Multiply(g, slope), ref *gx, i);
        }

        return L.MultiplyAdd(g, TEstimator.StepSlope<L, V>(v, q, L.Splat(low), L.Splat(high)), sum);
    }
}
