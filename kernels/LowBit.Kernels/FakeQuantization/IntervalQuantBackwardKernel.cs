using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// gx (+)= gy·D·r/s and, for each piece, the sums Σg·(q − D·v), Σg·D, Σg·D·v, Σg and Σg·dq/dα, in one pass; D = dq/dv and dq/dα are the slope's. A null
/// <c>gx</c> or <c>partials</c> is skipped; gx may be gy.
/// </summary>
internal readonly unsafe struct IntervalQuantBackwardKernel<TRounding, TSlope>(
    FakeQuantShape shape, TSlope slope, float* x, float* grid, float* gy, float* gx, bool accumulate, double* partials) : IPieceKernel
    where TRounding : struct, IRounding
    where TSlope : struct, ISlope
{
    // Floats are summed over this many elements, then go on in double.
    private const int BlockLength = 2048;

    private readonly float _low = shape.Low - shape.ZeroPoint;
    private readonly float _high = shape.High - shape.ZeroPoint;
    private readonly TSlope _slope = slope;
    private readonly float* _x = x;
    private readonly float* _grid = grid;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;
    private readonly bool _accumulate = accumulate;
    private readonly double* _partials = partials;

    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        double* sums = stackalloc double[IntervalGrid.SumCount];
        new Span<double>(sums, IntervalGrid.SumCount).Clear();
        float* grid = _grid + (channel * IntervalGrid.Length);
        for (nuint i = begin; i < end; i += BlockLength)
        {
            nuint blockEnd = nuint.Min(i + BlockLength, end);
            if (_gx == null)
            {
                Block<WithoutInput, L, V>(i, blockEnd, grid, sums);
            }
            else if (_accumulate)
            {
                Block<AddedInput, L, V>(i, blockEnd, grid, sums);
            }
            else
            {
                Block<WrittenInput, L, V>(i, blockEnd, grid, sums);
            }
        }

        if (_partials != null)
        {
            new Span<double>(sums, IntervalGrid.SumCount).CopyTo(new Span<double>(_partials + ((nint)piece * IntervalGrid.SumCount), IntervalGrid.SumCount));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<TInput, L, V>(nuint i, nuint end, float* grid, double* sums)
        where TInput : struct, IInputGradient
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, gy = _gy, gx = _gx;
        TSlope slope = _slope;
        var channel = new IntervalChannel(grid, _low, _high);
        slope.Begin(channel.Softness);
        nuint n = (nuint)L.Count;
        V a = L.Splat(0f), b = a, c = a, d = a, e = a;
        for (; i + n <= end; i += n)
        {
            (V g, V q, V down, V weighted, V change) = Step<TInput, L, V>(slope, x, gy, gx, i, in channel);
            a = L.MultiplyAdd(g, L.Subtract(q, weighted), a);
            b = L.MultiplyAdd(g, down, b);
            c = L.MultiplyAdd(g, weighted, c);
            d = L.Add(g, d);
            e = TSlope.IsSoft ? L.MultiplyAdd(g, change, e) : e;
        }

        float sa = L.Sum(a), sb = L.Sum(b), sc = L.Sum(c), sd = L.Sum(d), se = L.Sum(e);
        for (; i < end; i++)
        {
            (float g, float q, float down, float weighted, float change) = Step<TInput, LanesScalar, float>(slope, x, gy, gx, i, in channel);
            sa = LanesScalar.MultiplyAdd(g, q - weighted, sa);
            sb = LanesScalar.MultiplyAdd(g, down, sb);
            sc = LanesScalar.MultiplyAdd(g, weighted, sc);
            sd += g;
            se = TSlope.IsSoft ? LanesScalar.MultiplyAdd(g, change, se) : se;
        }

        sums[0] += sa;
        sums[1] += sb;
        sums[2] += sc;
        sums[3] += sd;
        sums[4] += se;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V Gradient, V Code, V Slope, V Weighted, V Change) Step<TInput, L, V>(
        TSlope slope, float* x, float* gy, float* gx, nuint i, in IntervalChannel channel)
        where TInput : struct, IInputGradient
        where L : struct, ILanes<V>
        where V : struct
    {
        V v = L.Divide(L.Subtract(L.Load(ref *x, i), L.Splat(channel.Offset)), L.Splat(channel.Step));
        V low = L.Splat(channel.Low), high = L.Splat(channel.High);
        V q = FakeQuantMath.Clip<TRounding, L, V>(v, low, high);
        V g = L.Load(ref *gy, i);
        (V down, V change) = slope.At<L, V>(v, q, g, low, high);
        if (TInput.IsWanted)
        {
            V slopeOfX = L.Multiply(down, L.Splat(channel.Factor));
            L.Store(TInput.IsAdded ? L.MultiplyAdd(g, slopeOfX, L.Load(ref *gx, i)) : L.Multiply(g, slopeOfX), ref *gx, i);
        }

        return (g, q, down, L.Multiply(down, v), change);
    }
}
