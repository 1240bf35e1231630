namespace LowBit.Cli.Documents;

/// <summary>What <c>bench ceilings --json</c> prints: the peaks of one thread and of all.</summary>
internal sealed record CeilingsDocument
{
    public required string Isa { get; init; }

    public required int Threads { get; init; }

    public required PeakDocument FmaGflops { get; init; }

    public required PeakDocument Int8Gops { get; init; }

    public required PeakDocument Int8Int16Gops { get; init; }

    public required PeakDocument ShuffleGlookups { get; init; }

    public required PeakDocument PopcountGbits { get; init; }

    public required IReadOnlyDictionary<string, PeakDocument> ReadGBs { get; init; }
}
