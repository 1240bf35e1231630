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

    /// <summary>
    /// y[i] = f(x[i]) in the memory of x, where nobody else needs x; otherwise the same as <see cref="Apply{TOp}"/>. Saves a third of the
    /// memory of a convolution, batch norm and ReLU in a row.
    /// </summary>
    /// <typeparam name="TOp">The function with its slope, for example <c>Relu</c>.</typeparam>
    /// <param name="x">Any shape; usually the result of an op. It must not be used afterwards.</param>
    /// <returns>The shape of <paramref name="x"/>. Gradient: gx[i] += gy[i] · slope, from what the function says it keeps.</returns>
    /// <remarks>
    /// x is left as it is if it is a leaf or a view, if the function or the op that made x keeps it for the backward pass, or if
    /// another recorded op has used it.
    /// </remarks>
    public static Tensor ApplyInPlace<TOp>(this Tensor x)
        where TOp : struct, IUnaryOp
    {
        ArgumentNullException.ThrowIfNull(x);
        var node = new UnaryNode<TOp>(x);
        Tensor? y = TOp.Keeps == Keeps.Input ? null : Node.TakeOver(node, x);
        if (y is null)
        {
            return x.Apply<TOp>();
        }

        x.Device.Unary<TOp>(x.Length, y.Buffer, y.Buffer);
        x.GiveNumbersAway();
        node.Result = y;
        return y;
    }
}

/// <summary>Keeps its input, its output or nothing, as the function says.</summary>
internal sealed class UnaryNode<TOp>(Tensor x) : Node(x)
    where TOp : struct, IUnaryOp
{
    public override string Name => TOp.Name;

    public override bool KeepsOutput => TOp.Keeps == Keeps.Output;

    public Tensor? Result { get; set; }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        DeviceBuffer kept = TOp.Keeps switch
        {
            Keeps.Input => x.Buffer,
            Keeps.Output => Result!.Buffer,
            _ => outputGradient,
        };
        bool holdsOther = false;
        DeviceBuffer? gx = gradients.InPlace(x) ?? gradients.For(x, out holdsOther);
        if (gx is not null && holdsOther)
        {
            Device.UnaryBackward<TOp>(x.Length, kept, outputGradient, gx);
        }
        else if (gx is not null)
        {
            Device.Binary<ChainRule<TOp>>(x.Length, outputGradient, kept, gx);
        }
    }
}
