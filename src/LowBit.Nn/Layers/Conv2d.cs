using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// Convolution <c>y = x ⊛ Q(w) + b</c>. Input is <c>[N, H, W, in]</c>, weights are <c>[out, kernel, kernel, in / groups]</c>,
/// output is <c>[N, H', W', out]</c> with <c>H' = (H + 2·padding − kernel) / stride + 1</c>. Padding is real zero.
/// </summary>
public sealed class Conv2d : Module
{
    /// <summary>Creates a convolution whose weights are zero until <see cref="Module.Initialize"/> or a checkpoint fills them.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="quantizer">Options of the weight quantizer; null for float weights.</param>
    /// <exception cref="ArgumentException">The sizes do not describe a convolution.</exception>
    public Conv2d(Device device, in ConvOptions options, QuantizerOptions? quantizer = null)
        : base(device)
    {
        options.Validate();
        Options = options;
        Weight = RegisterParameter(
            "weight", Tensor.Zeros(device, options.OutChannels, options.Kernel, options.Kernel, options.InChannels / options.Groups), ParameterRole.Weight);
        Bias = options.Bias ? RegisterParameter("bias", Tensor.Zeros(device, options.OutChannels), ParameterRole.Bias) : null;
        Quantizer = quantizer is null ? null : RegisterQuantizer("weight_quantizer", QuantizerFactory.Weight(quantizer, device, Weight.Shape));
    }

    /// <summary>Sizes.</summary>
    public ConvOptions Options { get; }

    /// <summary>Weights <c>[out, kernel, kernel, in / groups]</c>, float; training changes these.</summary>
    public Tensor Weight { get; }

    /// <summary>Bias <c>[out]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The weight quantizer, or null for float weights.</summary>
    public WeightQuantizer? Quantizer { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = x.Conv2d(QuantizedWeight(), Bias, Options.Stride, Options.Padding, Options.Groups);
        Probe?.Invoke(x, y);
        return y;
    }

    /// <summary>The weights that the convolution multiplies: Q(w), or w itself in a float model.</summary>
    internal Tensor QuantizedWeight() => Quantizer is null ? Weight : Quantizer.Apply(Weight);

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        var shape = new ConvShape(
            1, input.Height, input.Width, Options.InChannels, Options.OutChannels, Options.Kernel, Options.Kernel, Options.Stride, Options.Padding, Options.Groups);
        return context.Convolution(Path, input, shape, LoweredWeights.Of(Path, Quantizer, Weight), Bias?.ToArray());
    }

    /// <inheritdoc/>
    protected override void ResetParameters(Func<string, PhiloxKey> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        double fanIn = Weight.Length / (double)Options.OutChannels;
        Device.FillNormal(Weight.Length, 0, (float)Math.Sqrt(2 / fanIn), keyOf("weight"), Weight.Buffer);
        if (Bias is not null)
        {
            Device.Fill(Bias.Length, 0, Bias.Buffer);
        }
    }
}
