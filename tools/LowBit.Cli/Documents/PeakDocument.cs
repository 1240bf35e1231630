namespace LowBit.Cli.Documents;

/// <summary>A peak of one thread and of all threads together.</summary>
internal sealed record PeakDocument(double OneThread, double AllThreads);
