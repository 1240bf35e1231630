namespace LowBit.Cli.Documents;

/// <summary>A layer with weights in an integer model.</summary>
internal sealed record LayerDocument(string Name, int WeightBits, int ActivationBits, long Bytes, string Kernel);
