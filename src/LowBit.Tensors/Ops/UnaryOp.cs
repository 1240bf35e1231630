using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;

namespace LowBit.Tensors.Ops;

/// <summary>Element-wise functions of one tensor.</summary>
public static class UnaryOp
{
    /// <summary>y[i] = f(x[i]) for the function <typeparamref name="TOp"/>, any shape.</summary>
    /// <typeparam name="TOp">The function with its slope, for example <c>Relu</c>.</typeparam>
    /// <param name="x">Any shape.</param>
    /// <returns>The shape of <paramref name="x"/>. Gradient: gx[i] += gy[i] · slope, from what the function says it keeps.</returns>
    public static Tensor Apply<TOp>(this Tensor x)
        where TOp : struct, IUnaryOp
    {
        ArgumentNullException.ThrowIfNull(x);
        var node = new UnaryNode<TOp>(x);
        Tensor y = Node.Output(node, x.Shape);
        x.Device.Unary<TOp>(x.Length, x.Buffer, y.Buffer);
        node.Result = y;
        return y;
    }
}

/// <summary>Keeps its input, its output or nothing, as the function says.</summary>
internal sealed class UnaryNode<TOp>(Tensor x) : Node(x)
    where TOp : struct, IUnaryOp
{
    public override string Name => TOp.Name;

    public Tensor? Result { get; set; }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(x) is { } gx)
        {
            DeviceBuffer? kept = TOp.Keeps switch
            {
                Keeps.Input => x.Buffer,
                Keeps.Output => Result!.Buffer,
                _ => null,
            };
            Device.UnaryBackward<TOp>(x.Length, kept, outputGradient, gx);
        }
    }
}
