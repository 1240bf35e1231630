using LowBit.Tensors;

namespace LowBit.Nn;

/// <summary>A trained tensor with its name in the whole model.</summary>
/// <param name="Name">Path from the model that was asked, for example <c>layer1.0.conv1.weight</c>.</param>
/// <param name="Tensor">The values, and the gradient after a backward pass.</param>
/// <param name="Role">What the tensor is for.</param>
public readonly record struct Parameter(string Name, Tensor Tensor, ParameterRole Role);
