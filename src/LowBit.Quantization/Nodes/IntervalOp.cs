using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization.Nodes;

/// <summary>The op of one rounding and one slope over an interval that the source gives.</summary>
internal sealed class IntervalOp<TRounding, TSlope>(TSlope slope) : QuantizeOp
    where TRounding : struct, IRounding
    where TSlope : struct, ISlope
{
    /// <inheritdoc/>
    public override string Rounding => TRounding.Name;

    /// <inheritdoc/>
    public override string Estimator => TSlope.Name;

    /// <inheritdoc/>
    internal override bool CanFuse => false;

    /// <inheritdoc/>
    internal override Tensor Apply(Tensor x, StepSource steps, in FakeQuantShape shape, float stepGradientScale)
    {
        if (steps is not IntervalSource source)
        {
            throw new ArgumentException($"the slope {TSlope.Name} needs an interval source, got {steps.GetType().Name}; use an estimator with plain steps", nameof(steps));
        }

        return new IntervalNode<TRounding, TSlope>(x, source, shape, slope, stepGradientScale).Run();
    }

    /// <inheritdoc/>
    internal override Tensor ApplyAfter(in ConvBatchNormInputs inputs, StepSource steps, int low, int high, float stepGradientScale)
        => throw new InvalidOperationException($"the slope {TSlope.Name} has an interval of its own and does not run inside another op; apply it behind the op");

    /// <inheritdoc/>
    internal override void Codes(ReadOnlySpan<float> x, in CodeRule rule, Span<int> codes) => CodesOf<TRounding>(x, in rule, codes);
}
