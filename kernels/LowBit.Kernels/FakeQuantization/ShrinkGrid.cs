namespace LowBit.Kernels.FakeQuantization;

/// <summary>How a channel's numbers lie in the buffer of a shrinking transform, <c>[Channels, 4]</c>, and its sums, <c>[Channels, 3]</c>.</summary>
public static class ShrinkGrid
{
    /// <summary>Numbers per channel: centre c, half-width d, exponent γ, scale A.</summary>
    public const int Length = 4;

    /// <summary>Sums per channel of the backward pass: Σu·p′, Σu·p′·(t − ½), Σu·p·ln t with u = gy·A·sign(x), p = t^γ, p′ = γ·t^(γ−1), all for 0 &lt; t &lt; 1.</summary>
    public const int SumCount = 3;
}
