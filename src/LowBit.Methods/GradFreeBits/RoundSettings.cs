using LowBit.Methods.Allocation;

namespace LowBit.Methods.GradFreeBits;

/// <summary>What is particular to one gradient-free round.</summary>
/// <param name="Start">Where the distribution starts, and the reference of the objective.</param>
/// <param name="Budget">Limits.</param>
/// <param name="Generations">Generations.</param>
/// <param name="Seed">Of the optimiser.</param>
/// <param name="FirstBatch">First batch of the stream that it uses.</param>
/// <param name="Trained">The bits that the weights were trained at: judged among the finalists, so that the choice is not worse; null where they are the start.</param>
/// <param name="SecondsBefore">Seconds that finding the start took; they count as the round's.</param>
public sealed record RoundSettings(BitAllocation Start, Budget Budget, int Generations, ulong Seed, int FirstBatch, BitAllocation? Trained = null, double SecondsBefore = 0);
