using LowBit.Tensors;

namespace LowBit.Quantization.Transforms;

/// <summary>The weights themselves are quantized.</summary>
public sealed class NoTransform : WeightTransform
{
    /// <inheritdoc/>
    public override string Name => "none";

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weights) => weights;
}
