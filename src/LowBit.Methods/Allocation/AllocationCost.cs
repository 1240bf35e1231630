namespace LowBit.Methods.Allocation;

/// <summary>What a model of some allocation costs.</summary>
/// <param name="Bytes">Packed weights, <c>Σ numel·b_w / 8</c>, over all layers with weights.</param>
/// <param name="ActivationBytes">Packed activations of one image that layers with weights read, <c>Σ numel·b_a / 8</c>; a tensor that several layers read counts once.</param>
/// <param name="BitOperations"><c>Σ MACs·b_w·b_a</c> for one image, over all layers with weights.</param>
/// <param name="Milliseconds">Time of the layers for one image on one thread of this machine; NaN when it was not asked for.</param>
public readonly record struct AllocationCost(double Bytes, double ActivationBytes, double BitOperations, double Milliseconds);
