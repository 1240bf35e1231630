namespace LowBit.Kernels.FakeQuantization;

/// <summary>How a channel's numbers lie in the grid buffer of an interval quantizer, <c>[Channels, 4]</c>, and its sums, <c>[Channels, 5]</c>.</summary>
public static class IntervalGrid
{
    /// <summary>Numbers per channel: offset o, input step s, output step r of <c>y = r·clamp(round((x − o)/s))</c>, softness α of the slope (0 where it has none).</summary>
    public const int Length = 4;

    /// <summary>Sums per channel of the backward pass: Σg·(q − D·v), Σg·D, Σg·D·v, Σg and Σg·dq/dα (0 for slopes that are not soft), with D = dq/dv.</summary>
    public const int SumCount = 5;
}
