using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>Mean over height and width: <c>[N, H, W, C]</c> to <c>[N, C]</c>.</summary>
public sealed class GlobalAveragePool : Module
{
    /// <summary>Creates the layer; it has no parameters.</summary>
    /// <param name="device">Where its results live.</param>
    public GlobalAveragePool(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.GlobalAveragePool();
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(input);
        return context.AveragePool(Path, input, new PoolShape(1, input.Height, input.Width, input.Channels, input.Height, input.Width, 1));
    }
}
