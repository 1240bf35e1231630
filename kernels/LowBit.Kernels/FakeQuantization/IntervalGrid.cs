namespace LowBit.Kernels.FakeQuantization;

/// <summary>How a channel's numbers lie in the grid buffer of an interval quantizer, <c>[Channels, 3]</c>, and its sums, <c>[Channels, 4]</c>.</summary>
public static class IntervalGrid
{
    /// <summary>Numbers per channel: offset o, input step s, output step r of <c>y = r·clamp(round((x − o)/s))</c>.</summary>
    public const int Length = 3;

    /// <summary>Sums per channel of the backward pass: Σg·(q − D·v), Σg·D, Σg·D·v, Σg, with D = dq/dv.</summary>
    public const int SumCount = 4;
}
