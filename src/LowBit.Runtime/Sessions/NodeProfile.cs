namespace LowBit.Runtime.Sessions;

/// <summary>What the runs of a session spent in one node.</summary>
/// <param name="Name">The node.</param>
/// <param name="Kernel">The kernel that computed it.</param>
/// <param name="Runs">Number of runs measured.</param>
/// <param name="Images">Number of images measured.</param>
/// <param name="Milliseconds">Time of all runs together.</param>
public readonly record struct NodeProfile(string Name, string Kernel, long Runs, long Images, double Milliseconds);
