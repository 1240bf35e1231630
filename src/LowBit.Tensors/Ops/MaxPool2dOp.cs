using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The maximum over windows.</summary>
public static class MaxPool2dOp
{
    /// <summary>y[n, i, j, c] = max over the window at (i·stride − padding, j·stride − padding) of x[n, ·, ·, c]; padding never wins.</summary>
    /// <param name="x"><c>[batch, height, width, channels]</c>.</param>
    /// <param name="kernel">Rows and columns of the window.</param>
    /// <param name="stride">Step of the window, 0 for <paramref name="kernel"/>.</param>
    /// <param name="padding">Rows and columns on each side, at most half the window.</param>
    /// <returns><c>[batch, (height + 2·padding − kernel) / stride + 1, …, channels]</c>. Gradient: to the maximum, the first of equals.</returns>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public static Tensor MaxPool2d(this Tensor x, int kernel, int stride = 0, int padding = 0)
    {
        PoolShape shape = PoolWindow.Check("MaxPool2d", x, kernel, kernel, stride, padding);
        var node = new MaxPool2dNode(shape, x);
        Tensor y = Node.Output(node, PoolWindow.Output(shape));
        x.Device.MaxPoolForward(shape, x.Buffer, y.Buffer, node.Positions.Buffer);
        if (!node.IsRecorded)
        {
            node.ReleaseOwned();
        }

        return y;
    }
}

/// <summary>Keeps the position of each maximum (int32), not x.</summary>
internal sealed class MaxPool2dNode : Node
{
    private readonly PoolShape _shape;
    private readonly Tensor _x;

    public MaxPool2dNode(PoolShape shape, Tensor x)
        : base(x)
    {
        _shape = shape;
        _x = x;
        Positions = Own(PoolWindow.Output(shape));
    }

    public Tensor Positions { get; }

    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(_x) is { } gx)
        {
            Device.MaxPoolBackward(_shape, outputGradient, Positions.Buffer, gx);
        }
    }
}
