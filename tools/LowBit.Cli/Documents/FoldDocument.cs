namespace LowBit.Cli.Documents;

/// <summary>What lowering did with one layer of the trained model.</summary>
internal sealed record FoldDocument(string Name, string Layer, bool Folded, string Detail);
