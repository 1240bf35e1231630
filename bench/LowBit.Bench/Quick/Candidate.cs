namespace LowBit.Bench.Quick;

/// <summary>One thing to time.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Operations">Multiplications and additions of a call.</param>
/// <param name="Run">The call.</param>
internal sealed record Candidate(string Name, double Operations, Action Run);
