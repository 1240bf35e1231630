using LowBit.Kernels.Requantization;

namespace LowBit.Runtime.Models;

/// <summary>
/// One requantized copy of an accumulator: <c>y = clamp((acc·M + r·R + B) &gt;&gt; N, Low, High)</c> by channel, r being the code of the
/// node's residual edge (no such term without one). A node with two views writes the same real tensor on two grids.
/// </summary>
/// <param name="Edge">Edge that is written: codes, or logits when the edge says so.</param>
/// <param name="Table">Multipliers, offsets, shifts and bounds.</param>
public sealed record OutputView(int Edge, RequantizeTable Table);
