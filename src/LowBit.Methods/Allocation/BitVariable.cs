namespace LowBit.Methods.Allocation;

/// <summary>A quantizer whose bits are searched: the weights of one layer, or an edge with all layers that read it.</summary>
/// <param name="Path">Path of the quantizer in the model.</param>
/// <param name="IsWeight">True for weights, false for activations.</param>
/// <param name="Widths">The bits it may have, ascending.</param>
/// <param name="Layers">Paths of the layers whose weights or input it quantizes.</param>
public sealed record BitVariable(string Path, bool IsWeight, IReadOnlyList<int> Widths, IReadOnlyList<string> Layers);
