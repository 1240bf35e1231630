using System.Runtime.CompilerServices;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// Element-wise gradient scaling: <c>dq/dv = max(0, 1 + δ·sign(g)·(v − q)/(high − low))</c> for low ≤ v ≤ high, else 0, with g the gradient of
/// the output. Lee et al. 2021, arXiv:2104.00903, equation 6; (v − q)/(high − low) is their x_n − x_q, because they quantize the unit interval.
/// </summary>
/// <param name="delta">δ ≥ 0; 0 is the straight-through estimator.</param>
public readonly struct EwgsSlope(float delta) : ISlope
{
    private readonly float _delta = delta;

    /// <inheritdoc/>
    public static string Name => "ewgs";

    /// <inheritdoc/>
    public static bool IsSoft => false;

    /// <inheritdoc/>
    public void Begin(float softness)
    {
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (V Slope, V Change) At<L, V>(V v, V q, V gradient, V low, V high)
        where L : struct, ILanes<V>
        where V : struct
    {
        V zero = L.Splat(0f), one = L.Splat(1f);
        V sign = L.Subtract(L.Select(L.LessThan(zero, gradient), one, zero), L.Select(L.LessThan(gradient, zero), one, zero));
        V error = L.Divide(L.Subtract(v, q), L.Subtract(high, low));
        V scale = L.Max(zero, L.MultiplyAdd(L.Multiply(L.Splat(_delta), sign), error, one));
        return (L.Select(L.LessOrEqual(low, v), L.Select(L.LessOrEqual(v, high), scale, zero), zero), zero);
    }
}
