using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.Arenas;

/// <summary>One requantized view of an accumulator, in an arena.</summary>
/// <param name="Table">The rule.</param>
/// <param name="Output">Where the results go: bytes, or int32 when <paramref name="Words"/> is set.</param>
/// <param name="Residual">The residual operand's codes, or null.</param>
/// <param name="Words">True for 32-bit results (logits).</param>
public readonly record struct ArenaView(RequantizeTable Table, ArenaRange Output, ArenaRange? Residual, bool Words);
