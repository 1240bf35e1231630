using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Reductions;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Normalizations;

/// <summary>
/// Per block of rows: Σ g, Σ g·(x − mean) and Σ gy·df/ds of every column, with g = gy·f'(t), in one pass; where somebody waits for it, g itself
/// goes to the addend's gradient. <c>partials[block] = sums, products, step sums</c>, <c>Width</c> floats each.
/// </summary>
internal readonly unsafe struct ActivationSumsKernel<TActivation, TAddend>(NormColumns norm, FoldedColumns columns, float* gy, float* partials) : IChunkKernel
    where TActivation : struct, IFusedActivation
    where TAddend : struct, IPresence
{
    private readonly NormColumns _norm = norm;
    private readonly FoldedColumns _columns = columns;
    private readonly float* _gy = gy;
    private readonly float* _partials = partials;

    /// <summary>The addend's gradient, or null. May be gy itself.</summary>
    public float* AddendGradient { get; init; }

    /// <summary>True to add to it, false to write it.</summary>
    public bool AddendHoldsOther { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<L, V>(int chunk)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint begin = _columns.Begin(chunk), end = _columns.End(chunk), width = (nuint)_columns.Width, n = (nuint)L.Count;
        nuint fullEnd = begin + ((end - begin) / width * width);
        float* sums = _partials + (3L * chunk * _columns.Width);
        nuint c = 0;
        for (; c + (2 * n) <= width; c += 2 * n)
        {
            Two<L, V>(begin, fullEnd, width, c, sums);
        }

        for (; c + n <= width; c += n)
        {
            One<L, V>(begin, fullEnd, width, c, sums);
        }

        for (; c < width; c++)
        {
            One<LanesScalar, float>(begin, fullEnd, width, c, sums);
        }

        // The last, shorter wide row.
        for (nuint i = fullEnd; i < end; i++)
        {
            c = i - fullEnd;
            Add<LanesScalar, float>(i, c, ref sums[c], ref sums[c + width], ref sums[c + (2 * width)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Two<L, V>(nuint begin, nuint end, nuint width, nuint c, float* sums)
        where L : struct, ILanes<V>
        where V : struct
    {
        nuint n = (nuint)L.Count;
        V a0 = L.Splat(0f), b0 = a0, s0 = a0, a1 = a0, b1 = a0, s1 = a0;
        for (nuint i = begin + c; i < end; i += width)
        {
            Add<L, V>(i, c, ref a0, ref b0, ref s0);
            Add<L, V>(i + n, c + n, ref a1, ref b1, ref s1);
        }

        Store<L, V>(a0, b0, s0, sums + c, width);
        Store<L, V>(a1, b1, s1, sums + c + n, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<L, V>(nuint begin, nuint end, nuint width, nuint c, float* sums)
        where L : struct, ILanes<V>
        where V : struct
    {
        V a = L.Splat(0f), b = a, s = a;
        for (nuint i = begin + c; i < end; i += width)
        {
            Add<L, V>(i, c, ref a, ref b, ref s);
        }

        Store<L, V>(a, b, s, sums + c, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add<L, V>(nuint i, nuint column, ref V sum, ref V product, ref V step)
        where L : struct, ILanes<V>
        where V : struct
    {
        V t = _norm.Input<TAddend, L, V>(i, column, out V d);
        V gy = L.Load(ref *_gy, i);
        V slope = TActivation.Slopes<L, V>(t, L.Splat(_norm.Step), L.Splat(_norm.Low), L.Splat(_norm.High), out V stepSlope);
        V g = L.Multiply(gy, slope);
        sum = L.Add(sum, g);
        product = L.MultiplyAdd(g, d, product);
        if (TActivation.HasStep)
        {
            step = L.MultiplyAdd(gy, stepSlope, step);
        }

        if (TAddend.IsPresent && AddendGradient != null)
        {
            L.Store(AddendHoldsOther ? L.Add(L.Load(ref *AddendGradient, i), g) : g, ref *AddendGradient, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<L, V>(V sum, V product, V step, float* sums, nuint width)
        where L : struct, ILanes<V>
        where V : struct
    {
        L.Store(sum, ref *sums, 0);
        L.Store(product, ref *sums, width);
        L.Store(step, ref *sums, 2 * width);
    }
}
