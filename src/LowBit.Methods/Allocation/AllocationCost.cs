namespace LowBit.Methods.Allocation;

/// <summary>What a model of some allocation costs.</summary>
/// <param name="Bytes">Packed weights, <c>Σ numel·b_w / 8</c>, over all layers with weights.</param>
/// <param name="BitOperations"><c>Σ MACs·b_w·b_a</c> for one image, over all layers with weights.</param>
/// <param name="Milliseconds">Time of the layers for one image on one thread of this machine; NaN when it was not asked for.</param>
public readonly record struct AllocationCost(double Bytes, double BitOperations, double Milliseconds);
