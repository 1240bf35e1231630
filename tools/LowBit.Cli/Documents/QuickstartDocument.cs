namespace LowBit.Cli.Documents;

/// <summary>What <c>quickstart --json</c> prints and writes to result.json. Accuracies are shares, 0 to 1.</summary>
internal sealed record QuickstartDocument
{
    public required double Seconds { get; init; }

    public required ulong Seed { get; init; }

    public required string Isa { get; init; }

    public required int Threads { get; init; }

    /// <summary>Bits and method of the quantized model.</summary>
    public required string Quantization { get; init; }

    public required int TestImages { get; init; }

    public required double FloatAccuracy { get; init; }

    /// <summary>The trained w4a4 model as it is trained: floats on the codes' grid.</summary>
    public required double QuantizedAccuracy { get; init; }

    /// <summary>The train-time simulation in integers.</summary>
    public required double SimulatedAccuracy { get; init; }

    /// <summary>The engine, from the exported file.</summary>
    public required double IntegerAccuracy { get; init; }

    /// <summary>Codes compared between simulation and engine, over all nodes.</summary>
    public required long CodesCompared { get; init; }

    public required long Mismatches { get; init; }

    public required long FloatBytes { get; init; }

    public required long IntegerBytes { get; init; }

    public required double FloatImagesPerSecond { get; init; }

    public required double IntegerImagesPerSecond { get; init; }

    public required IReadOnlyList<LayerDocument> Layers { get; init; }

    public required IReadOnlyList<LayerTimeDocument> Times { get; init; }

    public required IReadOnlyList<string> Files { get; init; }
}
