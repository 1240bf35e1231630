using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The matrix product.</summary>
public static class MatMulOp
{
    /// <summary>C = A B, that is c[m, n] = Σ_k a[m, k]·b[k, n].</summary>
    /// <param name="a"><c>[m, k]</c>.</param>
    /// <param name="b"><c>[k, n]</c>.</param>
    /// <returns><c>[m, n]</c>. Gradients: gA += gC Bᵀ, gB += Aᵀ gC.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor MatMul(this Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2 || a.Shape[1] != b.Shape[0])
        {
            throw ShapeError.Of("MatMul", "a is [m, k] and b is [k, n] with one size k", a, b);
        }

        int m = a.Shape[0], k = a.Shape[1], n = b.Shape[1];
        Tensor c = Node.Output(new MatMulNode(a, b), new Shape(m, n));
        a.Device.Gemm(new GemmShape(m, n, k), a.Buffer, b.Buffer, c.Buffer, accumulate: false);
        return c;
    }
}

/// <summary>Keeps a and b.</summary>
internal sealed class MatMulNode(Tensor a, Tensor b) : Node(a, b)
{
    public override bool KeepsOutput => false;

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        int m = a.Shape[0], k = a.Shape[1], n = b.Shape[1];
        if (gradients.For(a, out bool addA) is { } ga)
        {
            Device.Gemm(new GemmShape(m, k, n, TransposeB: true), outputGradient, b.Buffer, ga, addA);
        }

        if (gradients.For(b, out bool addB) is { } gb)
        {
            Device.Gemm(new GemmShape(k, n, m, TransposeA: true), a.Buffer, outputGradient, gb, addB);
        }
    }
}
