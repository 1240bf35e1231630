using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;

namespace LowBit.Tensors.Ops;

/// <summary>Element-wise functions of two tensors of one shape.</summary>
public static class BinaryOp
{
    /// <summary>y[i] = f(a[i], b[i]) for the function <typeparamref name="TOp"/>; there is no broadcasting.</summary>
    /// <typeparam name="TOp">The function with its two slopes, for example <c>Multiply</c>.</typeparam>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>.</param>
    /// <returns>The same shape. Gradients: ga[i] += gy[i] · df/da, gb[i] += gy[i] · df/db.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Apply<TOp>(this Tensor a, Tensor b)
        where TOp : struct, IBinaryOp
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape != b.Shape)
        {
            throw ShapeError.Of(TOp.Name, "both inputs need one shape", a, b);
        }

        Tensor y = Node.Output(new BinaryNode<TOp>(a, b), a.Shape);
        a.Device.Binary<TOp>(a.Length, a.Buffer, b.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps both inputs if the function's slopes depend on them.</summary>
internal sealed class BinaryNode<TOp>(Tensor a, Tensor b) : Node(a, b)
    where TOp : struct, IBinaryOp
{
    public override string Name => TOp.Name;

    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        // The slopes of a sum are 1: its gradient is handed on, not copied.
        if (typeof(TOp) == typeof(Add) || typeof(TOp) == typeof(Subtract))
        {
            gradients.PassThrough(a);
            if (typeof(TOp) == typeof(Add))
            {
                gradients.PassThrough(b);
            }
            else if (gradients.For(b) is { } negative)
            {
                Device.Accumulate(b.Length, -1, outputGradient, negative);
            }

            return;
        }

        DeviceBuffer? keptA = TOp.KeepsInputs ? a.Buffer : null;
        DeviceBuffer? keptB = TOp.KeepsInputs ? b.Buffer : null;
        if (ReferenceEquals(a, b))
        {
            // Both gradients are the same buffer, which one fused call would write from two sides.
            DeviceBuffer? g = gradients.For(a);
            Device.BinaryBackward<TOp>(a.Length, keptA, keptB, outputGradient, g, null);
            Device.BinaryBackward<TOp>(a.Length, keptA, keptB, outputGradient, null, g);
            return;
        }

        Device.BinaryBackward<TOp>(a.Length, keptA, keptB, outputGradient, gradients.For(a), gradients.For(b));
    }
}
