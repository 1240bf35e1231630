namespace LowBit.Cli.Documents;

/// <summary>Costs or limits: bytes of packed weights, bytes of the packed activations of one image, bit operations of one image, milliseconds of one image on one thread; null for unknown or none.</summary>
internal sealed record SearchCostDocument(double? Bytes, double? ActivationBytes, double? BitOperations, double? Milliseconds);
