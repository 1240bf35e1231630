namespace LowBit.Cli.Documents;

/// <summary>A run in the results table. Accuracies are shares, 0 to 1.</summary>
internal sealed record ResultRow
{
    /// <summary>Its folder.</summary>
    public required string Run { get; init; }

    public required string Recipe { get; init; }

    public required string Data { get; init; }

    /// <summary>Method and bits between the ends, or float32.</summary>
    public required string Bits { get; init; }

    /// <summary>Bits of first and last layer and residual stream; null for float32.</summary>
    public string? Ends { get; init; }

    public required int Epochs { get; init; }

    /// <summary>Epochs that the recipe asks for; more than <see cref="Epochs"/> for an unfinished run.</summary>
    public required int EpochsAsked { get; init; }

    /// <summary>Best test accuracy with the final bits; null when nothing was evaluated.</summary>
    public double? BestAccuracy { get; init; }

    /// <summary>Its epoch, from 1; 0 for none.</summary>
    public int BestEpoch { get; init; }

    public double? FinalAccuracy { get; init; }

    /// <summary>Best accuracy above that of the float run of the same data, model, epochs and seed (of several, one of the same start, then the best); null without one.</summary>
    public double? ToFloat { get; init; }

    /// <summary>Training images per second, median over the epochs.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Wall time of training and evaluation, all sessions.</summary>
    public double Seconds { get; init; }

    public required ulong Seed { get; init; }

    public required string RecipeHash { get; init; }

    /// <summary>Commits of all sessions; empty when unknown.</summary>
    public required IReadOnlyList<string> Commits { get; init; }

    /// <summary>Processor and device of all sessions; empty when unknown.</summary>
    public required IReadOnlyList<string> Machines { get; init; }
}
