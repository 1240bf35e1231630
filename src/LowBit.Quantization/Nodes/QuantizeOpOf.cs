using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Normalizations;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization.Nodes;

/// <summary>The op of one rounding and one estimator.</summary>
internal sealed class QuantizeOp<TRounding, TEstimator> : QuantizeOp
    where TRounding : struct, IRounding
    where TEstimator : struct, IEstimator
{
    /// <inheritdoc/>
    public override string Rounding => TRounding.Name;

    /// <inheritdoc/>
    public override string Estimator => TEstimator.Name;

    /// <inheritdoc/>
    internal override Tensor Apply(Tensor x, StepSource steps, in FakeQuantShape shape, float stepGradientScale)
    {
        var node = new QuantizeNode<TRounding, TEstimator>(x, steps.GradientTarget(), shape, stepGradientScale);
        return node.Run(x, steps.Step);
    }

    /// <inheritdoc/>
    internal override Tensor ApplyAfter(in ConvBatchNormInputs inputs, StepSource steps, int low, int high, float stepGradientScale)
        => ConvBatchNormOp.ConvBatchNorm<FusedQuantizer<TRounding, TEstimator>>(in inputs, new FusedStep(steps.Step, steps.GradientTarget(), low, high, stepGradientScale));

    /// <inheritdoc/>
    internal override void Codes(ReadOnlySpan<float> x, in CodeRule rule, Span<int> codes) => CodesOf<TRounding>(x, in rule, codes);
}
