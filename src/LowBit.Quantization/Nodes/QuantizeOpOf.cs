using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
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
        var node = new QuantizeNode<TRounding, TEstimator>(x, steps.Learned, shape, stepGradientScale);
        return node.Run(x, steps.Step);
    }

    /// <inheritdoc/>
    internal override Tensor ApplyAfter(in ConvBatchNormInputs inputs, StepSource steps, int low, int high, float stepGradientScale)
        => ConvBatchNormOp.ConvBatchNorm<FusedQuantizer<TRounding, TEstimator>>(in inputs, new FusedStep(steps.Step, steps.Learned, low, high, stepGradientScale));

    /// <inheritdoc/>
    internal override void Codes(ReadOnlySpan<float> x, float step, CodeRange range, int zeroPoint, Span<int> codes)
    {
        float low = range.Low - zeroPoint;
        float high = range.High - zeroPoint;
        for (int i = 0; i < x.Length; i++)
        {
            // Divide: multiplying by 1/step gives other codes at ties.
            float v = x[i] / step;
            codes[i] = (int)Math.Clamp(TRounding.Round<LanesScalar, float>(v), low, high) + zeroPoint;
        }
    }
}
