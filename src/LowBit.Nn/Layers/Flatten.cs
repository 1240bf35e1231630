using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>
/// <c>[N, H, W, C]</c> to <c>[N, H·W·C]</c>, channels fastest. NCHW frameworks flatten to <c>[N, C·H·W]</c>, so that the columns of the linear
/// layer behind it lie in another order; PyTorch's files are reordered when they are read and written.
/// </summary>
public sealed class Flatten : Module
{
    /// <summary>Creates the layer; it has no parameters.</summary>
    /// <param name="device">Where its results live.</param>
    /// <param name="channels">C, 1 or more, where no convolution and no input edge in front of it says it; asked for by readers and writers of NCHW files only.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    public Flatten(Device device, int? channels = null)
        : base(device)
    {
        if (channels is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(channels));
        }

        Channels = channels;
    }

    /// <summary>C as given; null for that of the convolution or the input edge in front of it.</summary>
    public int? Channels { get; }

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
