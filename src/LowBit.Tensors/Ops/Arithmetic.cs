using LowBit.Kernels.Elementwise;

namespace LowBit.Tensors.Ops;

/// <summary>Sums, products, quotients and extremes of two tensors, element by element.</summary>
public static class Arithmetic
{
    extension(Tensor)
    {
        /// <summary>y[i] = a[i] + b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator +(Tensor a, Tensor b) => a.Apply<Add>(b);

        /// <summary>y[i] = a[i] − b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator -(Tensor a, Tensor b) => a.Apply<Subtract>(b);

        /// <summary>y[i] = a[i] · b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator *(Tensor a, Tensor b) => a.Apply<Multiply>(b);

        /// <summary>y[i] = a[i] / b[i], one shape.</summary>
        /// <param name="a">Any shape.</param>
        /// <param name="b">The shape of <paramref name="a"/>.</param>
        /// <exception cref="ArgumentException">The shapes differ.</exception>
        public static Tensor operator /(Tensor a, Tensor b) => a.Apply<Divide>(b);

        /// <summary>y[i] = x[i] · factor.</summary>
        /// <param name="x">Any shape.</param>
        /// <param name="factor">A constant.</param>
        public static Tensor operator *(Tensor x, float factor) => x.Scale(factor);

        /// <summary>y[i] = factor · x[i].</summary>
        /// <param name="factor">A constant.</param>
        /// <param name="x">Any shape.</param>
        public static Tensor operator *(float factor, Tensor x) => x.Scale(factor);

        /// <summary>y[i] = −x[i].</summary>
        /// <param name="x">Any shape.</param>
        public static Tensor operator -(Tensor x) => x.Scale(-1);
    }

    /// <summary>y[i] = a[i] + b[i].</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy, gb += gy.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(this Tensor a, Tensor b) => a.Apply<Add>(b);

    /// <summary>y[i] = a[i] − b[i].</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy, gb −= gy.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Subtract(this Tensor a, Tensor b) => a.Apply<Subtract>(b);

    /// <summary>y[i] = a[i] · b[i].</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy·b, gb += gy·a.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Multiply(this Tensor a, Tensor b) => a.Apply<Multiply>(b);

    /// <summary>y[i] = a[i] / b[i].</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradients: ga += gy/b, gb −= gy·a/b².</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Divide(this Tensor a, Tensor b) => a.Apply<Divide>(b);

    /// <summary>y[i] = max(a[i], b[i]).</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradient: to the larger one.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Maximum(this Tensor a, Tensor b) => a.Apply<Maximum>(b);

    /// <summary>y[i] = min(a[i], b[i]).</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">The shape of <paramref name="a"/>; there is no broadcasting.</param>
    /// <returns>The same shape. Gradient: to the smaller one.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Minimum(this Tensor a, Tensor b) => a.Apply<Minimum>(b);
}
