using LowBit.Kernels.Normalizations;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// A convolution, its batch norm and what follows them, as one op while batch statistics are in use and one after the other otherwise
/// (evaluation, frozen statistics, a convolution with bias). The values are the same.
/// </summary>
internal readonly struct ConvNorm(Conv2d convolution, BatchNorm2d norm)
{
    /// <summary>f(bn(conv(x)) (+ addend)).</summary>
    /// <typeparam name="TOp">f, an element-wise function.</typeparam>
    /// <param name="x">Input <c>[N, H, W, in]</c>.</param>
    /// <param name="addend">A shortcut of the output's shape, or null.</param>
    public Tensor Forward<TOp>(Tensor x, Tensor? addend = null)
        where TOp : struct, Kernels.Elementwise.IUnaryOp
    {
        if (IsFusable)
        {
            return ConvBatchNormOp.ConvBatchNorm<FusedUnary<TOp>>(Inputs(x, addend));
        }

        Tensor y = norm.Forward(convolution.Forward(x));
        return (addend is null ? y : y.Apply<Kernels.Elementwise.Add>(addend)).ApplyInPlace<TOp>();
    }

    /// <summary>bn(conv(x)).</summary>
    /// <param name="x">Input <c>[N, H, W, in]</c>.</param>
    public Tensor Forward(Tensor x)
        => IsFusable ? ConvBatchNormOp.ConvBatchNorm<FusedIdentity>(Inputs(x, null)) : norm.Forward(convolution.Forward(x));

    /// <summary>quant(bn(conv(x))).</summary>
    /// <param name="x">Input <c>[N, H, W, in]</c>.</param>
    /// <param name="quant">The quantizer of the edge behind them.</param>
    public Tensor Forward(Tensor x, ActivationQuant quant)
        => IsFusable && quant.Quantizer.CanFuse ? quant.Quantizer.ApplyAfter(Inputs(x, null)) : quant.Forward(Forward(x));

    /// <summary>quant(relu(bn(conv(x)))).</summary>
    /// <param name="x">Input <c>[N, H, W, in]</c>.</param>
    /// <param name="quant">The quantizer of the edge behind them.</param>
    public Tensor ForwardRectified(Tensor x, ActivationQuant quant)
    {
        if (quant.ClipsLikeRelu)
        {
            return Forward(x, quant);
        }

        return IsFusable ? quant.Forward(Forward<Kernels.Elementwise.Relu>(x)) : quant.ForwardRectified(Forward(x));
    }

    private bool IsFusable => norm.UsesBatch && convolution.Bias is null;

    private ConvBatchNormInputs Inputs(Tensor x, Tensor? addend) => new()
    {
        X = x,
        W = convolution.QuantizedWeight(),
        Stride = convolution.Options.Stride,
        Padding = convolution.Options.Padding,
        Groups = convolution.Options.Groups,
        Gamma = norm.Gamma,
        Beta = norm.Beta,
        RunningMean = norm.RunningMean,
        RunningVariance = norm.RunningVariance,
        Momentum = norm.Momentum,
        Epsilon = norm.Epsilon,
        Addend = addend,
    };
}
