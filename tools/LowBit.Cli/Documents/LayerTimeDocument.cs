namespace LowBit.Cli.Documents;

/// <summary>Time of one node of an integer model.</summary>
internal sealed record LayerTimeDocument(string Name, string Kernel, double MicrosecondsPerImage, double Percent);
