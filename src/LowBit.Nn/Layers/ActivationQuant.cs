using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Quantization.Methods;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

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

    /// <summary>The same as <c>Forward(relu(x))</c>, values and gradients, in one pass where the quantizer clips at zero anyway.</summary>
    /// <param name="x">What the ReLU in front of this edge would get.</param>
    public Tensor ForwardRectified(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);

        return Quantizer.Apply(ClipsLikeRelu ? x : x.Apply<Kernels.Elementwise.Relu>());
    }

    /// <summary>
    /// True when a ReLU in front of the quantizer changes neither values nor gradients. Those of LSQ, APoT and weightnorm to x and to the step are 0 at and below
    /// code 0; a first step is found from rectified values, and other estimators differ at zero itself.
    /// </summary>
    public bool ClipsLikeRelu => Quantizer is { Kind: Lsq.Kind or Apot.Kind or WeightNorm.Kind, ZeroPoint: 0, Range.Low: 0, CanFuse: true };

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Quantize(Path, input, Quantizer);
    }
}
