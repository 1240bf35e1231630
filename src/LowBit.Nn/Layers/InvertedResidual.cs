using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// The block of MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, section 3.3 and table 1): 1×1 convolution to t times the channels,
/// 3×3 depthwise convolution, 1×1 convolution to the output's; batch norm after each, ReLU6 after the first two, <b>nothing after the
/// third</b> (a linear bottleneck), and the input added where the shapes are equal. Names inside <c>conv</c> are torchvision's.
/// </summary>
/// <remarks>
/// Input and output are <b>real</b> tensors, signed because the bottleneck is linear. The block looks at its input through
/// <see cref="InputQuant"/> for the convolution and <see cref="ResidualQuant"/> for the shortcut, so that the producer writes both codes
/// from one accumulator; where both have the same options they are one quantizer, unless each
/// is to have its own.
/// </remarks>
public sealed class InvertedResidual : Module
{
    /// <summary>Creates a block.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Sizes and quantizers.</param>
    /// <exception cref="ArgumentException">A size is below 1.</exception>
    public InvertedResidual(Device device, in InvertedResidualOptions options)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Expansion, 1);
        Options = options;
        InputQuant = options.Input is null ? null : RegisterModule("quant_input", new ActivationQuant(device, options.Input));
        ResidualQuant = !options.HasShortcut || options.Residual is null || (options.Residual == options.Input && !options.HasOwnResidual)
            ? null
            : RegisterModule("quant_residual", new ActivationQuant(device, options.Residual));
        Body = RegisterModule("conv", new Sequential(device));
        int inner = options.InChannels * options.Expansion, at = 0;
        if (options.Expansion > 1)
        {
            AppendRectified(at++, new ConvOptions(options.InChannels, inner, 1), options.Weights, options.Inner);
        }

        var depthwise = new ConvOptions(inner, inner, 3, options.Stride, 1, Groups: inner);
        AppendRectified(at++, depthwise, options.DepthwiseWeights ?? options.Weights, options.ProjectionInput ?? options.Inner);
        Body.Append($"{at++}", new Conv2d(device, new ConvOptions(inner, options.OutChannels, 1), options.ProjectionWeights ?? options.Weights));
        Body.Append($"{at}", new BatchNorm2d(device, options.OutChannels));
    }

    /// <summary>Sizes and quantizers.</summary>
    public InvertedResidualOptions Options { get; }

    /// <summary>The convolution's view of the input, and the shortcut's too when <see cref="ResidualQuant"/> is null; null in a float model.</summary>
    public ActivationQuant? InputQuant { get; }

    /// <summary>The shortcut's view of the input; null without a shortcut, when it shares <see cref="InputQuant"/>, or in a float model.</summary>
    public ActivationQuant? ResidualQuant { get; }

    /// <summary>The convolutions with their batch norms, ReLU6s and inner edges.</summary>
    public Sequential Body { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor a = InputQuant is null ? x : InputQuant.Forward(x);
        Tensor h = Body.Forward(a);
        return Options.HasShortcut ? h.Apply<Add>(ResidualQuant is null ? a : ResidualQuant.Forward(x)) : h;
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (InputQuant is null || (Options.ProjectionInput ?? Options.Inner) is null)
        {
            throw new LoweringException(Path, "it has no quantizers on its edges; build the model with a quantization policy and train it");
        }

        LoweredEdge a = InputQuant.Lower(context, input);
        LoweredEdge h = Body.Lower(context, a);
        return Options.HasShortcut ? context.Sum(Path, h, ResidualQuant is null ? a : ResidualQuant.Lower(context, input)) : h;
    }

    // Convolution, batch norm, ReLU6 as one part of the body, and the edge behind them.
    private void AppendRectified(int at, in ConvOptions convolution, QuantizerOptions? weights, QuantizerOptions? edge)
    {
        Body.Append($"{at}", new Sequential(
            new Conv2d(Device, convolution, weights), new BatchNorm2d(Device, convolution.OutChannels), new Relu6(Device)));
        if (edge is not null)
        {
            Body.Append($"quant{at}", new ActivationQuant(Device, edge));
        }
    }
}
