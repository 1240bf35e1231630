using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>y = max(x, 0), any shape.</summary>
public sealed class Relu : Module
{
    /// <summary>Creates the layer; it has no parameters.</summary>
    /// <param name="device">Where its results live.</param>
    public Relu(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Apply<Kernels.Elementwise.Relu>();
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Clamp(Path, input, 0, null);
    }
}
