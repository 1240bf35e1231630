using LowBit.Tensors;

namespace LowBit.Quantization.Transforms;

/// <summary>What happens to weights before their codes are taken; differentiable.</summary>
public abstract class WeightTransform
{
    /// <summary>Lower-case name.</summary>
    public abstract string Name { get; }

    /// <summary>The weights that are quantized.</summary>
    /// <param name="weights">The trained weights, any shape.</param>
    /// <returns>The same shape.</returns>
    public abstract Tensor Apply(Tensor weights);
}
