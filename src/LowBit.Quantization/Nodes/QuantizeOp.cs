using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Quantization.Roundings;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// A rounding and a gradient estimator tied together: the differentiable <c>y = s·(clamp(round(x/s) + z, low, high) − z)</c> and the
/// same codes on the host. Both parts are type arguments, so the kernel of each pair is compiled on its own.
/// </summary>
public abstract class QuantizeOp
{
    private protected QuantizeOp()
    {
    }

    /// <summary>Name of the rounding.</summary>
    public abstract string Rounding { get; }

    /// <summary>Name of the estimator.</summary>
    public abstract string Estimator { get; }

    /// <summary>Ties an estimator to the rounding that the codes ask for: half-even for neighbouring codes, sign for ±1, nearest odd for odd codes.</summary>
    /// <typeparam name="TEstimator">The gradient.</typeparam>
    /// <param name="range">The codes.</param>
    public static QuantizeOp For<TEstimator>(CodeRange range)
        where TEstimator : struct, IEstimator
    {
        if (range.Stride != 2)
        {
            return new QuantizeOp<RoundHalfEven, TEstimator>();
        }

        return range.High == 1 ? new QuantizeOp<RoundBipolar, TEstimator>() : new QuantizeOp<RoundOdd, TEstimator>();
    }

    /// <summary>Ties a slope to the rounding that the codes ask for, over the interval of an <see cref="IntervalSource"/>.</summary>
    /// <typeparam name="TSlope">dq/dv.</typeparam>
    /// <param name="range">The codes.</param>
    /// <param name="slope">The slope with its constants.</param>
    public static QuantizeOp Over<TSlope>(CodeRange range, TSlope slope)
        where TSlope : struct, ISlope
    {
        if (range.Stride != 2)
        {
            return new IntervalOp<RoundHalfEven, TSlope>(slope);
        }

        return range.High == 1 ? new IntervalOp<RoundBipolar, TSlope>(slope) : new IntervalOp<RoundOdd, TSlope>(slope);
    }

    /// <summary>Ties an estimator to the nearest sum of powers of two.</summary>
    /// <typeparam name="TEstimator">The gradient.</typeparam>
    /// <param name="range">The codes, made by <see cref="CodeRange.PowerSums"/>.</param>
    public static QuantizeOp Powers<TEstimator>(CodeRange range)
        where TEstimator : struct, IEstimator => range.Width.Bits switch
        {
            3 => new QuantizeOp<RoundPowers<PowerSums3>, TEstimator>(),
            4 => new QuantizeOp<RoundPowers<PowerSums4>, TEstimator>(),
            5 => new QuantizeOp<RoundPowers<PowerSums5>, TEstimator>(),
            6 => new QuantizeOp<RoundPowers<PowerSums6>, TEstimator>(),
            _ => For<TEstimator>(range),
        };

    /// <summary>Fake-quantizes a tensor on its device.</summary>
    /// <param name="x">Values, one block of <c>shape.Inner</c> per step.</param>
    /// <param name="steps">Where the steps come from and where their gradient goes.</param>
    /// <param name="shape">Blocks and codes.</param>
    /// <param name="stepGradientScale">Factor of the gradient of what <paramref name="steps"/> learns.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    internal abstract Tensor Apply(Tensor x, StepSource steps, in FakeQuantShape shape, float stepGradientScale);

    /// <summary>True when <see cref="ApplyAfter"/> exists: a plain step, no interval of its own.</summary>
    internal virtual bool CanFuse => true;

    /// <summary>Fake-quantizes the result of a convolution with batch normalisation (and its addend) in the same op, with one step.</summary>
    /// <param name="inputs">The operands in front of the quantizer.</param>
    /// <param name="steps">Where the step comes from and where its gradient goes.</param>
    /// <param name="low">Lowest code, without the zero point.</param>
    /// <param name="high">Highest code, without the zero point.</param>
    /// <param name="stepGradientScale">Factor of the gradient of what <paramref name="steps"/> learns.</param>
    internal abstract Tensor ApplyAfter(in ConvBatchNormInputs inputs, StepSource steps, int low, int high, float stepGradientScale);

    /// <summary>The codes of values, by the same float operations as the kernel.</summary>
    internal abstract void Codes(ReadOnlySpan<float> x, in CodeRule rule, Span<int> codes);

    private protected static void CodesOf<TRounding>(ReadOnlySpan<float> x, in CodeRule rule, Span<int> codes)
        where TRounding : struct, IRounding
    {
        float low = rule.Range.Low - rule.ZeroPoint;
        float high = rule.Range.High - rule.ZeroPoint;
        for (int i = 0; i < x.Length; i++)
        {
            // Divide: multiplying by 1/step gives other codes at ties. Without an offset the difference is x itself.
            float v = (x[i] - rule.Offset) / rule.Step;
            codes[i] = (int)Math.Clamp(TRounding.Round<LanesScalar, float>(v), low, high) + rule.ZeroPoint;
        }
    }
}
