namespace LowBit.Cli.Documents;

/// <summary>Costs or limits: bytes of packed weights, bit operations of one image, milliseconds of one image on one thread; null for unknown or none.</summary>
internal sealed record SearchCostDocument(double? Bytes, double? BitOperations, double? Milliseconds);
