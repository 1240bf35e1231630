namespace LowBit.Kernels.Tuning;

/// <summary>What the rounds of one candidate took, in seconds per call.</summary>
/// <param name="Minimum">The fastest round: what the code can do.</param>
/// <param name="Median">The middle round: what it usually does on a machine with other work.</param>
public readonly record struct Timing(double Minimum, double Median);
