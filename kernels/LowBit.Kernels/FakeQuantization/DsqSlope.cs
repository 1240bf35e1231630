using System.Runtime.CompilerServices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// The slope of soft steps: between two neighbouring codes q follows <c>(φ + 1)/2</c> with <c>φ(t) = tanh(k·t)/tanh(k/2)</c>, t the place in
/// the cell from −½ to ½, and <c>k = ln(2/α − 1)</c>, so that tanh(k/2) = 1 − α. Hence <c>dq/dv = k/(2(1 − α))·sech²(k·t)</c> and, with the distance D of
/// the codes and <c>k' = −2/(α(2 − α))</c>, <c>dq/dα = D/2·(tanh(k·t) + (1 − α)·k'·t·sech²(k·t))/(1 − α)²</c>, both strictly inside low &lt; v &lt; high, else 0.
/// Gong et al. 2019, arXiv:1908.05033, equations 3 to 6.
/// </summary>
/// <param name="stride">D, the distance of neighbouring codes, 1 or 2.</param>
public struct DsqSlope(int stride) : ISlope
{
    private readonly float _stride = stride;
    private float _k;
    private float _peak;
    private float _ofTanh;
    private float _ofPlace;

    /// <inheritdoc/>
    public static string Name => "dsq";

    /// <inheritdoc/>
    public static bool IsSoft => true;

    /// <inheritdoc/>
    /// <param name="softness">α in (0, ½]: near 0 a hard step, ½ nearly a line.</param>
    public void Begin(float softness)
    {
        double alpha = softness, k = Math.Log((2 / alpha) - 1);
        _k = (float)k;
        _peak = (float)(k / (2 * (1 - alpha)));
        _ofTanh = (float)(_stride / (2 * (1 - alpha) * (1 - alpha)));
        _ofPlace = (float)(-_stride / (alpha * (2 - alpha) * (1 - alpha)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly (V Slope, V Change) At<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V zero = L.Splat(0f), one = L.Splat(1f);
        V cells = L.Divide(L.Subtract(v, low), L.Splat(_stride));
        V t = L.Subtract(L.Subtract(cells, L.Floor(cells)), L.Splat(0.5f));

        // sech²(z) = 4e/(1 + e)² and tanh|z| = (1 − e)/(1 + e) with e = exp(−2|z|), which never overflows.
        V e = LaneMath.Exp<L, V>(L.Multiply(L.Splat(-2 * _k), L.Abs(t)));
        V sum = L.Add(one, e);
        V bell = L.Divide(L.Multiply(L.Splat(4f), e), L.Multiply(sum, sum));
        V size = L.Divide(L.Subtract(one, e), sum);
        V tanh = L.Select(L.LessThan(t, zero), L.Subtract(zero, size), size);
        V change = L.MultiplyAdd(L.Splat(_ofTanh), tanh, L.Multiply(L.Multiply(L.Splat(_ofPlace), t), bell));
        return (Inside<L, V>(v, low, high, L.Multiply(L.Splat(_peak), bell)), Inside<L, V>(v, low, high, change));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Inside<L, V>(V v, V low, V high, V value)
        where L : struct, ILanes<V>
        where V : struct
    {
        V below = L.Select(L.LessThan(v, high), value, L.Splat(0f));
        return L.Select(L.LessThan(low, v), below, L.Splat(0f));
    }
}
