using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Reductions;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization.Transforms;

/// <summary>
/// <c>t = tanh(w) / max|tanh(w)|</c> over the whole tensor, in [−1, 1]; the maximum is a constant of the backward pass. Zhou et
/// al. 2016, arXiv:1606.06160, eq. 9 without its shift to [0, 1].
/// </summary>
public sealed class TanhNormalize : WeightTransform
{
    /// <inheritdoc/>
    public override string Name => "tanh";

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Tensor t = weights.Apply<Tanh>();
        double largest = t.Device.Reduce<MaxMagnitude>(t.Length, t.Buffer);
        return t.Scale(largest > 0 ? (float)(1 / largest) : 1);
    }
}
