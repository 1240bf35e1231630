using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>Maximum over square windows of <c>[N, H, W, C]</c>. Padding counts as minus infinity.</summary>
public sealed class MaxPool2d : Module
{
    /// <summary>Creates the layer; it has no parameters.</summary>
    /// <param name="device">Where its results live.</param>
    /// <param name="kernel">Rows and columns of the window, 1 or more.</param>
    /// <param name="stride">Step of the window; 0 means <paramref name="kernel"/>.</param>
    /// <param name="padding">Padding on each side, at most half the window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public MaxPool2d(Device device, int kernel, int stride = 0, int padding = 0)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(stride);
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, kernel / 2);
        Kernel = kernel;
        Stride = stride == 0 ? kernel : stride;
        Padding = padding;
    }

    /// <summary>Rows and columns of the window.</summary>
    public int Kernel { get; }

    /// <summary>Step of the window.</summary>
    public int Stride { get; }

    /// <summary>Padding on each side.</summary>
    public int Padding { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.MaxPool2d(Kernel, Stride, Padding);
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.MaxPool(Path, input, Kernel, Stride, Padding);
    }
}
