using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>One number per channel, added everywhere.</summary>
public static class AddBiasOp
{
    /// <summary>y[…, c] = x[…, c] + bias[c].</summary>
    /// <param name="x"><c>[…, channels]</c>.</param>
    /// <param name="bias"><c>[channels]</c>.</param>
    /// <returns>The shape of x. Gradients: gx += gy, gbias[c] += Σ gy[…, c].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor AddBias(this Tensor x, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(bias);
        if (x.Shape.Rank < 1 || bias.Shape.Rank != 1 || x.Shape[-1] != bias.Length)
        {
            throw ShapeError.Of("AddBias", "x is [..., channels] and bias is [channels]", x, bias);
        }

        int channels = bias.Length, rows = channels == 0 ? 0 : x.Length / channels;
        Tensor y = Node.Output(new AddBiasNode(rows, x, bias), x.Shape);
        x.Device.AddRowVector(rows, channels, x.Buffer, bias.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class AddBiasNode(int rows, Tensor x, Tensor bias) : Node(x, bias)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(bias) is { } gb)
        {
            Device.SumRows(rows, bias.Length, outputGradient, gb);
        }

        gradients.PassThrough(x);
    }
}
