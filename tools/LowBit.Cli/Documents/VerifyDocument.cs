namespace LowBit.Cli.Documents;

/// <summary>What <c>verify --json</c> prints. Accuracies are shares, 0 to 1.</summary>
internal sealed record VerifyDocument(
    string File, string Data, int Images, string Isa, IReadOnlyList<NodeDocument> Nodes, long Mismatches, double AccuracySimulated, double AccuracyInteger);
