namespace LowBit.Nn.Models;

/// <summary>The bits of one layer, in place of what the policy says for its kind.</summary>
/// <param name="Layer">Path of a convolution or a fully connected layer in its model, for example <c>layer1.0.conv1</c>.</param>
/// <param name="WeightBits">Bits of its weights, 1 to 8; null for the policy's.</param>
/// <param name="ActivationBits">Bits of the edge that the layer reads, 1 to 8; null for the policy's. The first layer reads the image, which always has 8.</param>
public sealed record LayerBits(string Layer, int? WeightBits = null, int? ActivationBits = null);
