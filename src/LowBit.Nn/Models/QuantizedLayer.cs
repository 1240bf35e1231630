using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>A layer with weights of a quantized model and the quantizers that decide its bits.</summary>
/// <param name="Path">Path of the layer in its model.</param>
/// <param name="Layer">A <see cref="Layers.Conv2d"/> or <see cref="Layers.Linear"/>.</param>
/// <param name="Weights">The quantizer of its weights.</param>
/// <param name="Input">The quantizer of the edge that it reads, which other layers may read too; null where it reads the image.</param>
public sealed record QuantizedLayer(string Path, Module Layer, WeightQuantizer Weights, ActivationQuantizer? Input)
{
    /// <summary>True for a layer whose bits can be chosen with <see cref="Quantizer.SelectBits"/>: one between the ends of a model with widths.</summary>
    public bool IsSwitchable => Weights.Widths.Count > 1;
}
