namespace LowBit.Cli.Documents;

/// <summary>What <c>search --json</c> prints and <c>result.json</c> holds. Accuracies are shares, 0 to 1; null for a Pareto search, which trains no final model.</summary>
internal sealed record SearchDocument
{
    public required string Method { get; init; }

    public required string Recipe { get; init; }

    /// <summary>First 16 digits of the SHA-256 of the search recipe with every key written out.</summary>
    public required string RecipeHash { get; init; }

    public ulong Seed { get; init; }

    /// <summary>Bits of each searched layer; entries of a recipe's quantization.layers.</summary>
    public required IReadOnlyList<SearchLayerDocument> Bits { get; init; }

    /// <summary>The limits; null for none.</summary>
    public required SearchCostDocument Budget { get; init; }

    /// <summary>What the choice costs.</summary>
    public required SearchCostDocument Cost { get; init; }

    /// <summary>True when every time was measured on this machine, false when some were estimated.</summary>
    public bool MillisecondsMeasured { get; init; }

    /// <summary>Test accuracy after the last epoch.</summary>
    public double? Accuracy { get; init; }

    public double? BestAccuracy { get; init; }

    /// <summary>Accuracy of the exported model in the integer engine, on the same test images.</summary>
    public double? IntegerAccuracy { get; init; }

    /// <summary>Integers in which simulation and engine differ; of how many.</summary>
    public long? Mismatches { get; init; }

    public long? Compared { get; init; }

    /// <summary>Epochs of training in all.</summary>
    public int Epochs { get; init; }

    /// <summary>Candidates told to the optimiser.</summary>
    public long Evaluations { get; init; }

    /// <summary>Work of judging them over that of judging each by itself.</summary>
    public double ShareOfFullCost { get; init; }

    public double SearchSeconds { get; init; }

    public double TrainingSeconds { get; init; }

    /// <summary>Everything judged at the end on the same training images, the front marked.</summary>
    public required IReadOnlyList<SearchPointDocument> Pareto { get; init; }

    public required string Checkpoint { get; init; }

    /// <summary>The integer model; null for a Pareto search.</summary>
    public string? Model { get; init; }

    /// <summary>The picture of the front.</summary>
    public required string Picture { get; init; }
}
