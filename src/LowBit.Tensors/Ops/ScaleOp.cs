using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Multiplication by a constant.</summary>
public static class ScaleOp
{
    /// <summary>y[i] = factor · x[i].</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="factor">A constant of the op.</param>
    /// <returns>The shape of x. Gradient: gx[i] += factor · gy[i].</returns>
    public static Tensor Scale(this Tensor x, float factor)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = Node.Output(new ScaleNode(x, factor), x.Shape);
        x.Device.Scale(x.Length, factor, x.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps the constant.</summary>
internal sealed class ScaleNode(Tensor x, float factor) : Node(x)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x, out bool add) is { } gx)
        {
            if (add)
            {
                Device.Accumulate(x.Length, factor, outputGradient, gx);
            }
            else
            {
                Device.Scale(x.Length, factor, outputGradient, gx);
            }
        }
    }
}
