using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// The slope of soft steps: between two neighbouring codes q follows <c>(φ + 1)/2</c> with <c>φ(t) = tanh(k·t)/tanh(k/2)</c>, t the place in
/// the cell from −½ to ½, and <c>k = ln(2/α − 1)</c>, so that tanh(k/2) = 1 − α. Hence <c>dq/dv = k/(2(1 − α))·sech²(k·t)</c>
/// strictly inside low &lt; v &lt; high, else 0. Gong et al. 2019, arXiv:1908.05033, equations 3 to 6.
/// </summary>
public readonly struct DsqSlope : ISlope
{
    private readonly float _k;
    private readonly float _peak;
    private readonly float _stride;

    /// <summary>Chooses the softness.</summary>
    /// <param name="alpha">α in (0, ½]: near 0 a hard step, ½ nearly a line.</param>
    /// <param name="stride">Distance of neighbouring codes, 1 or 2.</param>
    public DsqSlope(float alpha, int stride)
    {
        double k = Math.Log((2.0 / alpha) - 1);
        _k = (float)k;
        _peak = (float)(k / (2 * (1 - (double)alpha)));
        _stride = stride;
    }

    /// <inheritdoc/>
    public static string Name => "dsq";

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Slope<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V cells = L.Divide(L.Subtract(v, low), L.Splat(_stride));
        V t = L.Subtract(L.Subtract(cells, L.Floor(cells)), L.Splat(0.5f));

        // sech²(z) = 4e/(1 + e)² with e = exp(−2|z|), which never overflows.
        V e = LaneMath.Exp<L, V>(L.Multiply(L.Splat(-2 * _k), L.Abs(t)));
        V sum = L.Add(L.Splat(1f), e);
        V slope = L.Divide(L.Multiply(L.Splat(4 * _peak), e), L.Multiply(sum, sum));
        V below = L.Select(L.LessThan(v, high), slope, L.Splat(0f));
        return L.Select(L.LessThan(low, v), below, L.Splat(0f));
    }
}
