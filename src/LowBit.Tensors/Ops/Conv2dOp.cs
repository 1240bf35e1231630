using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The 2-d convolution (cross-correlation, as everywhere in this field).</summary>
public static class Conv2dOp
{
    /// <summary>
    /// y[n, i, j, o] = Σ_{r, s, c} x[n, i·stride + r − padding, j·stride + s − padding, c]·w[o, r, s, c] + b[o], zeros outside;
    /// with groups, output channel o sees the input channels of its group only.
    /// </summary>
    /// <param name="x"><c>[batch, height, width, in]</c> (NHWC).</param>
    /// <param name="w">Weights <c>[out, kernel height, kernel width, in / groups]</c> (OHWI).</param>
    /// <param name="bias"><c>[out]</c>, or null for none.</param>
    /// <param name="stride">Step of the window in both directions, 1 or more.</param>
    /// <param name="padding">Rows and columns of zeros on each side, below the kernel size.</param>
    /// <param name="groups">Channel groups; the number of channels for a depthwise convolution.</param>
    /// <returns><c>[batch, (height + 2·padding − kernel height) / stride + 1, …, out]</c>. Gradients to x, w and bias.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Conv2d(this Tensor x, Tensor w, Tensor? bias = null, int stride = 1, int padding = 0, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        if (x.Shape.Rank != 4 || w.Shape.Rank != 4 || groups < 1 || (long)w.Shape[3] * groups != x.Shape[3])
        {
            throw ShapeError.Of("Conv2d", $"x is [batch, height, width, in] and w is [out, kernel height, kernel width, in / {groups} groups]", x, w);
        }

        if (bias is not null && (bias.Shape.Rank != 1 || bias.Length != w.Shape[0]))
        {
            throw ShapeError.Of("Conv2d", "w is [out, kernel height, kernel width, in / groups] and bias is [out]", w, bias);
        }

        var shape = new ConvShape(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], w.Shape[0], w.Shape[1], w.Shape[2], stride, padding, groups);
        try
        {
            shape.Validate();
        }
        catch (ArgumentException e)
        {
            throw ShapeError.Of("Conv2d", e.Message, x, w);
        }

        Tensor y = Node.Output(new Conv2dNode(shape, x, w, bias), new Shape(shape.Batch, shape.OutHeight, shape.OutWidth, shape.OutChannels));
        x.Device.ConvForward(shape, x.Buffer, w.Buffer, bias?.Buffer, y.Buffer);
        return y;
    }
}

/// <summary>Keeps x and w.</summary>
internal sealed class Conv2dNode(ConvShape shape, Tensor x, Tensor w, Tensor? bias) : Node(x, w, bias)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        if (gradients.For(w) is { } gw)
        {
            Device.ConvBackwardWeights(shape, x.Buffer, outputGradient, gw);
        }

        if (bias is not null && gradients.For(bias) is { } gb)
        {
            Device.SumRows(shape.Batch * shape.OutHeight * shape.OutWidth, shape.OutChannels, outputGradient, gb);
        }

        if (gradients.For(x, out bool holdsOther) is { } gx)
        {
            Device.ConvBackwardInput(shape, outputGradient, w.Buffer, gx, accumulate: holdsOther);
        }
    }
}
