using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>
/// Elementary functions of whole vectors, built from exact and fused operations only, so every vector width and every
/// machine gives the same bits.
/// </summary>
public static class LaneMath
{
    /// <summary>
    /// e^x, within 1.5 ulp for normal results; subnormal results within one subnormal step. Overflows to infinity above 88.7228; NaN stays NaN.
    /// </summary>
    /// <remarks>
    /// x = n·ln2 + r with |r| ≤ ln2/2 (Cody and Waite), a polynomial of degree 7 for e^r, then 2^n in two factors so that the ends
    /// of the range are reached.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
    {
        // The variable stands second in Min and Max, so NaN passes through.
        V bounded = L.Max(L.Splat(-104f), L.Min(L.Splat(89f), x));
        V n = L.RoundHalfEven(L.Multiply(bounded, L.Splat(1.44269504f)));
        V r = L.MultiplyAdd(n, L.Splat(-0.693359375f), bounded);
        r = L.MultiplyAdd(n, L.Splat(2.12194440e-4f), r);
        V p = L.Splat(1f / 5040);
        p = L.MultiplyAdd(p, r, L.Splat(1f / 720));
        p = L.MultiplyAdd(p, r, L.Splat(1f / 120));
        p = L.MultiplyAdd(p, r, L.Splat(1f / 24));
        p = L.MultiplyAdd(p, r, L.Splat(1f / 6));
        p = L.MultiplyAdd(p, r, L.Splat(0.5f));
        p = L.MultiplyAdd(L.Multiply(p, r), r, r);
        p = L.Add(p, L.Splat(1f));
        V half = L.Floor(L.Multiply(n, L.Splat(0.5f)));
        return L.Multiply(L.Multiply(p, L.PowerOfTwo(half)), L.PowerOfTwo(L.Subtract(n, half)));
    }

    /// <summary>
    /// The natural logarithm, within 2 ulp everywhere, near 1 too; −∞ at 0, NaN below, +∞ at +∞. Subnormal arguments are scaled first.
    /// </summary>
    /// <remarks>x = 2^n·m with m in [√½, √2), s = (m − 1)/(m + 1), ln m = 2·(s + s³/3 + s⁵/5 + …).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
    {
        V tiny = L.LessThan(x, L.Splat(1.17549435e-38f));
        V scaled = L.Select(tiny, L.Multiply(x, L.Splat(16777216f)), x);
        V n = L.Add(L.Exponent(scaled), L.Select(tiny, L.Splat(-24f), L.Splat(0f)));
        V m = L.Mantissa(scaled);
        V high = L.LessOrEqual(L.Splat(1.41421356f), m);
        m = L.Select(high, L.Multiply(m, L.Splat(0.5f)), m);
        n = L.Select(high, L.Add(n, L.Splat(1f)), n);

        // ln(1 + f) = f − s·(f − R(s²)) keeps the leading term f exact (the arrangement of fdlibm).
        V f = L.Subtract(m, L.Splat(1f));
        V s = L.Divide(f, L.Add(L.Splat(2f), f));
        V z = L.Multiply(s, s);
        V series = L.Splat(2f / 9);
        series = L.MultiplyAdd(series, z, L.Splat(2f / 7));
        series = L.MultiplyAdd(series, z, L.Splat(2f / 5));
        series = L.MultiplyAdd(series, z, L.Splat(2f / 3));
        series = L.Multiply(series, z);
        V correction = L.Multiply(s, L.Subtract(f, series));
        V low = L.MultiplyAdd(n, L.Splat(-2.12194440e-4f), L.Subtract(L.Splat(0f), correction));
        V result = L.MultiplyAdd(n, L.Splat(0.693359375f), L.Add(f, low));
        result = L.Select(L.LessThan(x, L.Splat(float.PositiveInfinity)), result, x);
        result = L.Select(L.LessOrEqual(x, L.Splat(0f)), L.Divide(L.Splat(-1f), L.Splat(0f)), result);
        return L.Select(L.LessThan(x, L.Splat(0f)), L.Splat(float.NaN), result);
    }

    /// <summary>1 / (1 + e^−x), within 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
        => L.Divide(L.Splat(1f), L.Add(L.Splat(1f), Exp<L, V>(L.Subtract(L.Splat(0f), x))));

    /// <summary>The hyperbolic tangent, within 3 ulp: an odd polynomial below 0.625, 1 − 2/(e^2|x| + 1) above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct
    {
        V magnitude = L.Abs(x);
        V z = L.Multiply(x, x);

        // Moshier's minimax polynomial (Cephes tanhf).
        V p = L.Splat(-5.70498872745e-3f);
        p = L.MultiplyAdd(p, z, L.Splat(2.06390887954e-2f));
        p = L.MultiplyAdd(p, z, L.Splat(-5.37397155531e-2f));
        p = L.MultiplyAdd(p, z, L.Splat(1.33314422036e-1f));
        p = L.MultiplyAdd(p, z, L.Splat(-3.33332819422e-1f));
        V small = L.MultiplyAdd(L.Multiply(p, z), x, x);
        V large = L.Subtract(L.Splat(1f), L.Divide(L.Splat(2f), L.Add(L.Splat(1f), Exp<L, V>(L.Add(magnitude, magnitude)))));
        V signed = L.Select(L.LessThan(x, L.Splat(0f)), L.Subtract(L.Splat(0f), large), large);
        return L.Select(L.LessThan(magnitude, L.Splat(0.625f)), small, signed);
    }
}
