using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// The two-convolution residual block of ResNet (He et al. 2016, arXiv:1512.03385):
/// <c>t' = relu(bn2(conv2(h)) + shortcut)</c> with <c>h = Qh(relu(bn1(conv1(Qa(t)))))</c>.
/// </summary>
/// <remarks>
/// The input t is the <b>real</b> tensor of the edge; the block looks at it through two quantizers: <see cref="InputQuant"/>
/// for the convolution and <see cref="ResidualQuant"/> for the shortcut, so that the producer of t can write both codes
/// from one accumulator. Where both have the same options they are one quantizer, unless each is to have its own. Shortcut A keeps every stride-th pixel and
/// pads new channels with zeros; shortcut B is a 1×1 convolution of the convolution's view, batch norm and a signed quantizer.
/// </remarks>
public sealed class BasicBlock : Module
{
    /// <summary>Creates a block.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Sizes and quantizers.</param>
    public BasicBlock(Device device, in BasicBlockOptions options)
        : base(device)
    {
        Options = options;
        InputQuant = Quant("quant_input", options.Activations);
        bool isShared = options.IsProjected || (options.Residual == options.Activations && !options.HasOwnResidual);
        ResidualQuant = isShared ? null : Quant("quant_residual", options.Residual);
        Conv1 = RegisterModule("conv1", Convolution(new ConvOptions(options.InChannels, options.OutChannels, 3, options.Stride, 1), options.Weights));
        Bn1 = RegisterModule("bn1", new BatchNorm2d(device, options.OutChannels));
        InnerQuant = Quant("quant_inner", options.InnerActivations ?? options.Activations);
        Conv2 = RegisterModule("conv2", Convolution(new ConvOptions(options.OutChannels, options.OutChannels, 3, 1, 1), options.SecondWeights));
        Bn2 = RegisterModule("bn2", new BatchNorm2d(device, options.OutChannels));
        if (options.IsProjected)
        {
            Downsample = RegisterModule("downsample", new Sequential(
                Convolution(new ConvOptions(options.InChannels, options.OutChannels, 1, options.Stride), options.ShortcutWeights),
                new BatchNorm2d(device, options.OutChannels)));
            ShortcutQuant = Quant("quant_shortcut", options.Shortcut);
        }
    }

    /// <summary>Sizes and quantizers.</summary>
    public BasicBlockOptions Options { get; }

    /// <summary>The convolution's view of the input, and the shortcut's too when <see cref="ResidualQuant"/> is null; null in a float model.</summary>
    public ActivationQuant? InputQuant { get; }

    /// <summary>The shortcut's view of the input; null when it shares <see cref="InputQuant"/>, as option B does, or the model is float.</summary>
    public ActivationQuant? ResidualQuant { get; }

    /// <summary>First 3×3 convolution, which carries the stride.</summary>
    public Conv2d Conv1 { get; }

    /// <summary>Batch norm after <see cref="Conv1"/>.</summary>
    public BatchNorm2d Bn1 { get; }

    /// <summary>The edge between the convolutions; null in a float model.</summary>
    public ActivationQuant? InnerQuant { get; }

    /// <summary>Second 3×3 convolution.</summary>
    public Conv2d Conv2 { get; }

    /// <summary>Batch norm after <see cref="Conv2"/>.</summary>
    public BatchNorm2d Bn2 { get; }

    /// <summary>1×1 convolution and batch norm of an option-B shortcut; null for identity and option A.</summary>
    public Sequential? Downsample { get; }

    /// <summary>Signed quantizer after <see cref="Downsample"/>; null without it or in a float model.</summary>
    public ActivationQuant? ShortcutQuant { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor a = InputQuant is null ? x : InputQuant.Forward(x);
        var first = new ConvNorm(Conv1, Bn1);
        Tensor h = InnerQuant is null ? first.Forward<Kernels.Elementwise.Relu>(a) : first.ForwardRectified(a, InnerQuant);
        return new ConvNorm(Conv2, Bn2).Forward<Kernels.Elementwise.Relu>(h, Shortcut(x, a));
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (InputQuant is null || InnerQuant is null || (Downsample is not null && ShortcutQuant is null))
        {
            throw new LoweringException(Path, "it has no quantizers on its edges; build the model with a quantization policy and train it");
        }

        LoweredEdge a = InputQuant.Lower(context, input);
        LoweredEdge h = context.Clamp($"{Path}.relu1", Bn1.Lower(context, Conv1.Lower(context, a)), 0, null);
        h = Bn2.Lower(context, Conv2.Lower(context, InnerQuant.Lower(context, h)));
        LoweredEdge shortcut;
        if (Downsample is not null)
        {
            shortcut = ShortcutQuant!.Lower(context, Downsample.Lower(context, a));
        }
        else
        {
            LoweredEdge r = ResidualQuant is null ? a : ResidualQuant.Lower(context, input);
            shortcut = Options.ChangesShape ? context.ShortcutA(Path, r, Options.OutChannels, Options.Stride) : r;
        }

        return context.Clamp($"{Path}.relu2", context.Sum(Path, h, shortcut), 0, null);
    }

    private Tensor Shortcut(Tensor x, Tensor convolutionView)
    {
        if (Downsample is not null)
        {
            Tensor s = Downsample.Forward(convolutionView);
            return ShortcutQuant is null ? s : ShortcutQuant.Forward(s);
        }

        // A shared quantizer has run already: its output serves both.
        Tensor r = ResidualQuant is null ? convolutionView : ResidualQuant.Forward(x);
        return Options.ChangesShape ? r.ShortcutA(Options.OutChannels, Options.Stride) : r;
    }

    private Conv2d Convolution(in ConvOptions sizes, QuantizerOptions? own) => new(Device, sizes, own ?? Options.Weights);

    private ActivationQuant? Quant(string name, QuantizerOptions? options)
        => options is null ? null : RegisterModule(name, new ActivationQuant(Device, options));
}
