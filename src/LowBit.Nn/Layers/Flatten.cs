using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// <c>[N, H, W, C]</c> to <c>[N, H·W·C]</c>, channels fastest. Linear weights of NCHW frameworks need their columns
/// reordered (readers of such files do it).
/// </summary>
public sealed class Flatten : Module
{
    /// <summary>Creates the layer; it has no parameters.</summary>
    /// <param name="device">Where its results live.</param>
    public Flatten(Device device)
        : base(device)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Shape.Rank == 2 ? x : x.Flatten();
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Flatten(Path, input);
    }
}
