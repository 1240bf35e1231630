namespace LowBit.Cli.Documents;

/// <summary>What <c>doctor --tune --json</c> prints: how many layers and kernels were measured, and where the table lies.</summary>
internal sealed record TuneDocument(string File, int Layers, int Measurements, double Seconds);
