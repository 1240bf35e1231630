namespace LowBit.Cli.Documents;

/// <summary>What <c>bench train --json</c> prints.</summary>
internal sealed record TrainBenchDocument
{
    public required string Model { get; init; }

    public required string Processor { get; init; }

    public required string Isa { get; init; }

    public required int Threads { get; init; }

    public required int Batch { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Multiply-add peak of as many threads together, at most the processors, in 10⁹ operations per second.</summary>
    public required double FmaCeilingGflops { get; init; }

    public required IReadOnlyList<TrainBenchRow> Rows { get; init; }
}
