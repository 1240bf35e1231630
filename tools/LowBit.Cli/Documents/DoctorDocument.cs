namespace LowBit.Cli.Documents;

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorDocument
{
    public required string Version { get; init; }

    public required string Runtime { get; init; }

    public required string System { get; init; }

    public required int Processors { get; init; }

    public required string Isa { get; init; }

    public required IReadOnlyList<string> Features { get; init; }

    public required IReadOnlyDictionary<string, string> Kernels { get; init; }

    public required string DataFolder { get; init; }

    public required IReadOnlyDictionary<string, bool> Data { get; init; }

    /// <summary>What stands in the way of full speed.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What is so by design.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
