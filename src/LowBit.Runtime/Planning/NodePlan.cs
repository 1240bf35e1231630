using LowBit.Kernels.Arenas;
using LowBit.Kernels.Ranges;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Planning;

/// <summary>How one node runs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Kernel">Name of the kernel that computes it.</param>
/// <param name="Proof">For a convolution, the proof that its sums fit; else null.</param>
/// <param name="Reason">For a convolution, why this kernel: what it takes, measured or estimated, and the runner-up; else empty.</param>
/// <param name="Scratch">Working memory in the arena, free again after the node.</param>
public sealed record NodePlan(IntegerNode Node, string Kernel, RangeProof? Proof, string Reason, ArenaRange Scratch);
