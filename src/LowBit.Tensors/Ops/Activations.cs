using LowBit.Kernels.Elementwise;

namespace LowBit.Tensors.Ops;

/// <summary>The activation functions by name; every other function is reached with <c>x.Apply&lt;TOp&gt;()</c>.</summary>
public static class Activations
{
    /// <summary>y = max(x, 0). Keeps its output, so that x may be freed.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy where y &gt; 0.</returns>
    public static Tensor Relu(this Tensor x) => x.Apply<Relu>();

    /// <summary>y = max(x, 0) in the memory of x where nobody else needs it, see <see cref="UnaryOp.ApplyInPlace{TOp}"/>; x must not be used afterwards.</summary>
    /// <param name="x">Any shape, usually the result of a batch norm or a sum.</param>
    /// <returns>The same shape. Gradient: gx += gy where y &gt; 0.</returns>
    public static Tensor ReluInPlace(this Tensor x) => x.ApplyInPlace<Relu>();

    /// <summary>y = min(max(x, 0), 6).</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy where 0 &lt; x &lt; 6.</returns>
    public static Tensor Relu6(this Tensor x) => x.Apply<Relu6>();

    /// <summary>y = x·σ(x).</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy·σ(x)·(1 + x·(1 − σ(x))).</returns>
    public static Tensor Silu(this Tensor x) => x.Apply<Silu>();

    /// <summary>y = x·min(max(x + 3, 0), 6)/6.</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy·(2x + 3)/6 inside (−3, 3), gy above, 0 below.</returns>
    public static Tensor HardSwish(this Tensor x) => x.Apply<HardSwish>();

    /// <summary>y = σ(x) = 1/(1 + e^−x).</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy·y·(1 − y).</returns>
    public static Tensor Sigmoid(this Tensor x) => x.Apply<Sigmoid>();

    /// <summary>y = tanh(x).</summary>
    /// <param name="x">Any shape.</param>
    /// <returns>The same shape. Gradient: gx += gy·(1 − y²).</returns>
    public static Tensor Tanh(this Tensor x) => x.Apply<Tanh>();
}
