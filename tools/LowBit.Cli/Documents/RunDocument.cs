namespace LowBit.Cli.Documents;

/// <summary>What <c>run --json</c> prints.</summary>
internal sealed record RunDocument(IReadOnlyList<OutputDocument> Outputs, double MillisecondsPerImage, IReadOnlyList<LayerTimeDocument> Layers);
