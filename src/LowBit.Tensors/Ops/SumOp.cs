using LowBit.Kernels.Devices;
using LowBit.Kernels.Reductions;

namespace LowBit.Tensors.Ops;

/// <summary>All elements, added up.</summary>
public static class SumOp
{
    /// <summary>y = Σ x[i], in a fixed partition, rounded to float once at the end.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>A single number, 0 for no element. Gradient: gx[i] += gy.</returns>
    public static Tensor Sum(this Tensor x) => Run(x, 1);

    /// <summary>y = (Σ x[i]) / n, in a fixed partition, rounded to float once at the end.</summary>
    /// <param name="x">Any shape with at least one element.</param>
    /// <returns>A single number. Gradient: gx[i] += gy / n.</returns>
    /// <exception cref="ArgumentException">There is no element.</exception>
    public static Tensor Mean(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Length > 0 ? Run(x, x.Length) : throw ShapeError.Of("Mean", "x needs at least one element", x);
    }

    private static Tensor Run(Tensor x, int divisor)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = Node.Output(new SumNode(x, divisor), Shape.Scalar);
        x.Device.Fill(1, (float)(x.Device.Reduce<Sum>(x.Length, x.Buffer) / divisor), y.Buffer);
        return y;
    }
}

/// <summary>Keeps the divisor.</summary>
internal sealed class SumNode(Tensor x, int divisor) : Node(x)
{
    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x, out bool add) is { } gx)
        {
            float g = 0;
            Device.Download(outputGradient, new Span<float>(ref g));
            g /= divisor;
            if (!add)
            {
                Device.Fill(x.Length, g, gx);
                return;
            }

            using Tensor constant = Tensor.AllocateUnscoped(Device, x.Shape);
            Device.Fill(x.Length, g, constant.Buffer);
            Device.Accumulate(x.Length, 1, constant.Buffer, gx);
        }
    }
}
