namespace LowBit.Cli.Documents;

/// <summary>What <c>train --json</c> prints. Accuracies are shares, 0 to 1; null when nothing was evaluated.</summary>
internal sealed record TrainDocument
{
    public required string Recipe { get; init; }

    /// <summary>First 16 digits of the SHA-256 of the recipe with every key written out.</summary>
    public required string RecipeHash { get; init; }

    public ulong Seed { get; init; }

    public long Parameters { get; init; }

    public string? Quantization { get; init; }

    /// <summary>Bits of the first layer's weights and input, for example w8a8; null for float32.</summary>
    public string? FirstLayer { get; init; }

    /// <summary>Bits of the last layer's weights and input; null for float32.</summary>
    public string? LastLayer { get; init; }

    /// <summary>Bits of the residual stream, where the model has one; null for float32.</summary>
    public int? ResidualBits { get; init; }

    /// <summary>Commit that the code was built from; null when it was built outside a git checkout.</summary>
    public string? Commit { get; init; }

    /// <summary>Model of the processor.</summary>
    public string? Machine { get; init; }

    public double? BestAccuracy { get; init; }

    public double? FinalAccuracy { get; init; }

    public int Epochs { get; init; }

    public double ImagesPerSecond { get; init; }

    public double Seconds { get; init; }

    public bool Interrupted { get; init; }

    public required string Checkpoint { get; init; }

    public required string Metrics { get; init; }

    /// <summary>The event file; null when the recipe asks for none.</summary>
    public string? TensorBoard { get; init; }
}
