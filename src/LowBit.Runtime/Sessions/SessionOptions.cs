using LowBit.Kernels.Isas;
using LowBit.Kernels.Tuning;

namespace LowBit.Runtime.Sessions;

/// <summary>How a <see cref="Session"/> runs. None of it changes a bit of the results.</summary>
public sealed record SessionOptions
{
    /// <summary>Images that one run may hold, 1 or more: the arena has room for so many.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Threads that work on a run, the caller's own included; 0 for one on each processor.</summary>
    public int Threads { get; init; }

    /// <summary>The widest instruction set to use; null for the best of this CPU (limited by <c>LOWBIT_ISA</c>).</summary>
    public Isa? Isa { get; init; }

    /// <summary>What kernels take on this machine (<c>lowbit doctor --tune</c>, <see cref="CostTable.LoadDefault"/>); null for the static cost model alone.</summary>
    public CostTable? Costs { get; init; }

    /// <summary>True to measure the time of each node.</summary>
    public bool Profile { get; init; }
}
