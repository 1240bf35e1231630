using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The fully connected layer.</summary>
public static class LinearOp
{
    /// <summary>Y = X Wᵀ + b, that is y[n, o] = Σ_i x[n, i]·w[o, i] + b[o].</summary>
    /// <param name="x"><c>[batch, in]</c>.</param>
    /// <param name="w">Weights <c>[out, in]</c>.</param>
    /// <param name="bias"><c>[out]</c>, or null for none.</param>
    /// <returns><c>[batch, out]</c>. Gradients: gX += gY W, gW += gYᵀ X, gb += Σ_n gY[n].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Linear(this Tensor x, Tensor w, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        if (x.Shape.Rank != 2 || w.Shape.Rank != 2 || x.Shape[1] != w.Shape[1])
        {
            throw ShapeError.Of("Linear", "x is [batch, in] and w is [out, in] with one size 'in'", x, w);
        }

        if (bias is not null && (bias.Shape.Rank != 1 || bias.Length != w.Shape[0]))
        {
            throw ShapeError.Of("Linear", "w is [out, in] and bias is [out]", w, bias);
        }

        int batch = x.Shape[0], outputs = w.Shape[0];
        Tensor y = Node.Output(new LinearNode(x, w, bias), new Shape(batch, outputs));
        x.Device.Gemm(new GemmShape(batch, outputs, x.Shape[1], TransposeB: true), x.Buffer, w.Buffer, y.Buffer, accumulate: false);
        if (bias is not null)
        {
            x.Device.AddRowVector(batch, outputs, y.Buffer, bias.Buffer, y.Buffer);
        }

        return y;
    }
}

/// <summary>Keeps x and w.</summary>
internal sealed class LinearNode(Tensor x, Tensor w, Tensor? bias) : Node(x, w, bias)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        int batch = x.Shape[0], inputs = x.Shape[1], outputs = w.Shape[0];
        if (gradients.For(x, out bool addX) is { } gx)
        {
            Device.Gemm(new GemmShape(batch, inputs, outputs), outputGradient, w.Buffer, gx, addX);
        }

        if (gradients.For(w, out bool addW) is { } gw)
        {
            Device.Gemm(new GemmShape(outputs, inputs, batch, TransposeA: true), outputGradient, x.Buffer, gw, addW);
        }

        if (bias is not null && gradients.For(bias) is { } gb)
        {
            Device.SumRows(batch, outputs, outputGradient, gb);
        }
    }
}
