using LowBit.Tensors;

namespace LowBit.Nn;

/// <summary>A tensor of the model's state with its name in the whole model.</summary>
/// <param name="Name">Path from the model that was asked, for example <c>bn1.running_mean</c>.</param>
/// <param name="Tensor">The values.</param>
public readonly record struct NamedTensor(string Name, Tensor Tensor);
