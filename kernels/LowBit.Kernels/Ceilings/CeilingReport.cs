using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Ceilings;

/// <summary>What this machine can do at best, by simple loops that do nothing else.</summary>
/// <param name="Isa">The instruction set of the loops.</param>
/// <param name="Threads">Threads of the second column.</param>
/// <param name="PerThread">One thread alone.</param>
/// <param name="All">All threads together.</param>
public sealed record CeilingReport(Isa Isa, int Threads, CeilingFigures PerThread, CeilingFigures All);
