using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The parameter-free shortcut of ResNet for CIFAR. He et al. 2016, arXiv:1512.03385, section 4.2, option A.</summary>
public static class ShortcutAOp
{
    /// <summary>Every <paramref name="stride"/>-th pixel; new channels are zero, half of them (rounded down) before the input's own.</summary>
    /// <param name="x"><c>[batch, height, width, in]</c>.</param>
    /// <param name="channels">Output channels, at least <c>in</c>.</param>
    /// <param name="stride">Distance of the pixels that are kept, 1 or more.</param>
    /// <returns><c>[batch, ⌈height/stride⌉, ⌈width/stride⌉, channels]</c>. Gradient: back to the pixels that were kept.</returns>
    /// <exception cref="ArgumentException">The shape has another rank, or channels or stride are too small.</exception>
    public static Tensor ShortcutA(this Tensor x, int channels, int stride)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 4 || x.Shape[3] > channels || stride < 1)
        {
            throw ShapeError.Of("ShortcutA", $"x is [batch, height, width, in] with in of at most {channels} and the stride {stride} is at least 1", x);
        }

        var shape = new ShortcutShape(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], channels, stride);
        Tensor y = Node.Output(new ShortcutANode(shape, x), new Shape(shape.Batch, shape.OutHeight, shape.OutWidth, channels));
        x.Device.ShortcutForward(shape, x.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class ShortcutANode(ShortcutShape shape, Tensor x) : Node(x)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x) is { } gx)
        {
            Device.ShortcutBackward(shape, outputGradient, gx);
        }
    }
}
