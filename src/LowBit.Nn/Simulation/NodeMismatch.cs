namespace LowBit.Nn.Simulation;

/// <summary>The comparison of one edge.</summary>
/// <param name="Name">The edge.</param>
/// <param name="Bits">Bits of its codes; 32 for logits.</param>
/// <param name="Compared">Integers compared.</param>
/// <param name="Mismatches">Integers that differ; 0 is the promise.</param>
/// <param name="FirstMismatch">Where the first difference lies, both values included; empty without one.</param>
public sealed record NodeMismatch(string Name, int Bits, long Compared, long Mismatches, string FirstMismatch);
