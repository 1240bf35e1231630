namespace LowBit.Cli.Documents;

/// <summary>What <c>train --json</c> prints. Accuracies are shares, 0 to 1; null when nothing was evaluated.</summary>
internal sealed record TrainDocument
{
    public required string Recipe { get; init; }

    public string? Quantization { get; init; }

    public double? BestAccuracy { get; init; }

    public double? FinalAccuracy { get; init; }

    public int Epochs { get; init; }

    public double ImagesPerSecond { get; init; }

    public double Seconds { get; init; }

    public bool Interrupted { get; init; }

    public required string Checkpoint { get; init; }

    public required string Metrics { get; init; }
}
