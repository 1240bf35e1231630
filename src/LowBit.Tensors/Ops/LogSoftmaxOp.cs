using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Logarithms of the softmax over the last dimension.</summary>
public static class LogSoftmaxOp
{
    /// <summary>y[r, c] = x[r, c] − log Σ_k exp(x[r, k]).</summary>
    /// <param name="x"><c>[…, classes]</c>, at least one class.</param>
    /// <returns>The shape of x. Gradient: gx[r, c] += gy[r, c] − exp(y[r, c])·Σ_k gy[r, k].</returns>
    /// <exception cref="ArgumentException">x has no dimension or no class.</exception>
    public static Tensor LogSoftmax(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank < 1 || x.Shape[-1] < 1)
        {
            throw ShapeError.Of("LogSoftmax", "x is [..., classes] with at least one class", x);
        }

        int columns = x.Shape[-1];
        var node = new LogSoftmaxNode(x);
        Tensor y = Node.Output(node, x.Shape);
        x.Device.LogSoftmaxForward(x.Length / columns, columns, x.Buffer, y.Buffer);
        node.Result = y;
        return y;
    }
}

/// <summary>Keeps y, not x.</summary>
internal sealed class LogSoftmaxNode(Tensor x) : Node(x)
{
    public Tensor? Result { get; set; }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x) is { } gx)
        {
            int columns = x.Shape[-1];
            Device.LogSoftmaxBackward(x.Length / columns, columns, Result!.Buffer, outputGradient, gx);
        }
    }
}
