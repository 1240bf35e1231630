using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The mean over windows.</summary>
public static class AveragePool2dOp
{
    /// <summary>y[n, i, j, c] = mean over the window at (i·stride − padding, j·stride − padding) of x[n, ·, ·, c]; padding counts as zeros in the mean.</summary>
    /// <param name="x"><c>[batch, height, width, channels]</c>.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Step of the window, 0 for <paramref name="kernel"/>.</param>
    /// <param name="padding">Rows and columns on each side, at most half the window.</param>
    /// <returns><c>[batch, (height + 2·padding − kernel) / stride + 1, …, channels]</c>. Gradient: gy / kernel² to each pixel of the window.</returns>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public static Tensor AveragePool2d(this Tensor x, int kernel, int stride = 0, int padding = 0)
    {
        PoolShape shape = PoolWindow.Check("AveragePool2d", x, kernel, kernel, stride, padding);
        return Run(x, shape, PoolWindow.Output(shape));
    }

    /// <summary>y[n, c] = mean over all pixels of x[n, ·, ·, c].</summary>
    /// <param name="x"><c>[batch, height, width, channels]</c>.</param>
    /// <returns><c>[batch, channels]</c>. Gradient: gy / (height·width) to each pixel.</returns>
    /// <exception cref="ArgumentException">x has another rank or no pixels.</exception>
    public static Tensor GlobalAveragePool(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank != 4)
        {
            throw ShapeError.Of("GlobalAveragePool", "x is [batch, height, width, channels]", x);
        }

        PoolShape shape = PoolWindow.Check("GlobalAveragePool", x, x.Shape[1], x.Shape[2], 1, 0);
        return Run(x, shape, new Shape(shape.Batch, shape.Channels));
    }

    private static Tensor Run(Tensor x, in PoolShape shape, Shape output)
    {
        Tensor y = Node.Output(new AveragePool2dNode(shape, x), output);
        x.Device.AveragePoolForward(shape, x.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class AveragePool2dNode(PoolShape shape, Tensor x) : Node(x)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x) is { } gx)
        {
            Device.AveragePoolBackward(shape, outputGradient, gx);
        }
    }
}
