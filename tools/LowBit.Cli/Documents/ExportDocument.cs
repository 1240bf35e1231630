namespace LowBit.Cli.Documents;

/// <summary>What <c>export --json</c> prints.</summary>
/// <param name="File">The file written.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="WeightBytes">Bytes of packed weights in it; of float weights and statistics, four for each.</param>
/// <param name="Bits">Bits of the first and last layers and of the residual stream.</param>
/// <param name="Layers">Layers with weights.</param>
/// <param name="Folds">What lowering did with every layer.</param>
internal sealed record ExportDocument(
    string File, long Bytes, long WeightBytes, string Bits, IReadOnlyList<LayerDocument> Layers, IReadOnlyList<FoldDocument> Folds);
