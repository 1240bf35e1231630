using LowBit.Kernels.Reductions;
using LowBit.Quantization.Nodes;
using LowBit.Tensors;

namespace LowBit.Quantization.Transforms;

/// <summary>
/// <c>y = (w − μ)/(σ + ε)</c> with mean and standard deviation over the whole tensor, ε = 1e−5. Li et al. 2020, arXiv:1909.13144, section 2.4.
/// </summary>
public sealed class Standardize : WeightTransform
{
    /// <summary>ε: keeps equal weights finite.</summary>
    public const double Epsilon = 1e-5;

    private readonly bool _isDetached;

    /// <summary>Chooses the gradient.</summary>
    /// <param name="isDetached">True: mean and deviation are constants of the backward pass, dy/dw = 1/(σ + ε); false: the gradient goes through both.</param>
    public Standardize(bool isDetached = false)
    {
        _isDetached = isDetached;
    }

    /// <inheritdoc/>
    public override string Name => "standardize";

    /// <inheritdoc/>
    public override Tensor Apply(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double mean = weights.Device.Reduce<Sum>(weights.Length, weights.Buffer) / weights.Length;
        return StandardizeNode.Apply(weights, (float)mean, Epsilon, _isDetached);
    }
}
