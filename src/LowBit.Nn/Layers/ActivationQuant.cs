using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.Layers;

/// <summary>The quantizer of one edge: <c>y = s·(clamp(round(x/s) + z, low, high) − z)</c>, any shape.</summary>
public sealed class ActivationQuant : Module
{
    /// <summary>Creates the quantizer; its step is set by the first batch in training.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Method, bits and sign.</param>
    public ActivationQuant(Device device, QuantizerOptions options)
        : base(device)
    {
        Quantizer = RegisterQuantizer("quantizer", QuantizerFactory.Activation(options, device));
    }

    /// <summary>The quantizer.</summary>
    public ActivationQuantizer Quantizer { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Quantizer.Apply(x);
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Quantize(Path, input, Quantizer);
    }
}
