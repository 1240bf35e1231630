using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>gx += gy·A·γ·t^(γ−1)/(2d) for 0 &lt; t &lt; 1, and the sums of <see cref="ShrinkGrid"/> for each piece. A null <c>gx</c> is skipped.</summary>
internal readonly unsafe struct ShrinkBackwardKernel(float* x, float* grid, float* gy, float* gx, double* partials) : IPieceKernel
{
    // Floats are summed over this many elements, then go on in double.
    private const int BlockLength = 2048;

    private readonly float* _x = x;
    private readonly float* _grid = grid;
    private readonly float* _gy = gy;
    private readonly float* _gx = gx;
    private readonly double* _partials = partials;

    public void Piece<L, V>(int piece, int channel, nuint begin, nuint end)
        where L : struct, ILanes<V>
        where V : struct
    {
        double* sums = _partials + ((nint)piece * ShrinkGrid.SumCount);
        new Span<double>(sums, ShrinkGrid.SumCount).Clear();
        float* grid = _grid + (channel * ShrinkGrid.Length);
        for (nuint i = begin; i < end; i += BlockLength)
        {
            Block<L, V>(i, nuint.Min(i + BlockLength, end), grid, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block<L, V>(nuint i, nuint end, float* grid, double* sums)
        where L : struct, ILanes<V>
        where V : struct
    {
        float* x = _x, gy = _gy, gx = _gx;
        var channel = new ShrinkChannel(grid);
        nuint n = (nuint)L.Count;
        V a = L.Splat(0f), b = a, c = a;
        for (; i + n <= end; i += n)
        {
            (V down, V placed, V logged) = Step<L, V>(x, gy, gx, i, in channel);
            a = L.Add(down, a);
            b = L.Add(placed, b);
            c = L.Add(logged, c);
        }

        float sa = L.Sum(a), sb = L.Sum(b), sc = L.Sum(c);
        for (; i < end; i++)
        {
            (float down, float placed, float logged) = Step<LanesScalar, float>(x, gy, gx, i, in channel);
            sa += down;
            sb += placed;
            sc += logged;
        }

        sums[0] += sa;
        sums[1] += sb;
        sums[2] += sc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V Down, V Placed, V Logged) Step<L, V>(float* x, float* gy, float* gx, nuint i, in ShrinkChannel channel)
        where L : struct, ILanes<V>
        where V : struct
    {
        V zero = L.Splat(0f), one = L.Splat(1f);
        V value = L.Load(ref *x, i);
        V t = channel.Place<L, V>(value);
        V inside = L.Select(L.LessThan(zero, t), L.Select(L.LessThan(t, one), one, zero), zero);

        // Outside, t stands in as 1 so that no logarithm or quotient is infinite; the mask takes its terms away.
        V safe = L.Select(L.LessThan(zero, t), t, one);
        V p = channel.Power<L, V>(safe);
        V slope = L.Multiply(L.Multiply(inside, L.Splat(channel.Gamma)), L.Divide(p, safe));
        V g = L.Multiply(L.Load(ref *gy, i), L.Splat(channel.Scale));
        if (gx != null)
        {
            L.Store(L.Add(L.Divide(L.Multiply(g, slope), L.Splat(channel.Width)), L.Load(ref *gx, i)), ref *gx, i);
        }

        V u = L.Multiply(g, ShrinkChannel.Sign<L, V>(value));
        V down = L.Multiply(u, slope);
        return (down, L.Multiply(down, L.Subtract(t, L.Splat(0.5f))), L.Multiply(L.Multiply(u, inside), L.Multiply(p, LaneMath.Log<L, V>(safe))));
    }
}
