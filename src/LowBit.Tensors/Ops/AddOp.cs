using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>Sum and difference of two tensors; the arithmetic operators that need nothing kept.</summary>
public static class AddOp
{
    extension(Tensor)
    {
        /// <summary>y[i] = a[i] + b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator +(Tensor a, Tensor b) => Add(a, b);

        /// <summary>y[i] = a[i] − b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator -(Tensor a, Tensor b) => Subtract(a, b);
    }

    /// <summary>y[i] = a[i] + b[i]. Unlike <c>Apply&lt;Add&gt;</c>, the backward pass hands its gradient on without a copy.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy, gb += gy.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(this Tensor a, Tensor b) => Run("Add", a, b, isDifference: false);

    /// <summary>y[i] = a[i] − b[i].</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy, gb −= gy.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Subtract(this Tensor a, Tensor b) => Run("Subtract", a, b, isDifference: true);

    private static Tensor Run(string name, Tensor a, Tensor b, bool isDifference)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape != b.Shape)
        {
            throw ShapeError.Of(name, "both inputs need one shape", a, b);
        }

        Tensor y = Node.Output(new AddNode(name, a, b, isDifference), a.Shape);
        if (isDifference)
        {
            a.Device.Binary<Kernels.Elementwise.Subtract>(a.Length, a.Buffer, b.Buffer, y.Buffer);
        }
        else
        {
            a.Device.Binary<Kernels.Elementwise.Add>(a.Length, a.Buffer, b.Buffer, y.Buffer);
        }

        return y;
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class AddNode(string name, Tensor a, Tensor b, bool isDifference) : Node(a, b)
{
    public override string Name => name;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        gradients.PassThrough(a);
        if (!isDifference)
        {
            gradients.PassThrough(b);
        }
        else if (gradients.For(b, out bool add) is { } gb)
        {
            if (add)
            {
                Device.Accumulate(b.Length, -1, outputGradient, gb);
            }
            else
            {
                Device.Scale(b.Length, -1, outputGradient, gb);
            }
        }
    }
}
