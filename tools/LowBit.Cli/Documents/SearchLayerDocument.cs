namespace LowBit.Cli.Documents;

/// <summary>Bits of a layer; null where they were not searched.</summary>
internal sealed record SearchLayerDocument(string Layer, int? WeightBits, int? ActivationBits);
