using LowBit.Kernels.Devices;

namespace LowBit.Tensors.Ops;

/// <summary>The same elements under another shape.</summary>
public static class ReshapeOp
{
    /// <summary>The same memory with other sizes; nothing is copied, so writing to one writes to both.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="sizes">New sizes with the same number of elements; one of them may be −1 and is computed.</param>
    /// <returns>The new shape. Gradient: gy, unchanged.</returns>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static Tensor Reshape(this Tensor x, params ReadOnlySpan<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(x);
        Span<int> known = stackalloc int[sizes.Length];
        sizes.CopyTo(known);
        int open = known.IndexOf(-1);
        if (open >= 0)
        {
            known[open] = 1;
            int rest = new Shape(known).Length;
            known[open] = rest == 0 ? 0 : x.Length / rest;
        }

        return Reshape(x, new Shape(known));
    }

    /// <summary>The same memory with another shape; nothing is copied, so writing to one writes to both.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">A shape with the same number of elements.</param>
    /// <returns><paramref name="shape"/>. Gradient: gy, unchanged.</returns>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static Tensor Reshape(this Tensor x, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Length != x.Length)
        {
            throw new ArgumentException($"Reshape: {x.Shape} has {x.Length} elements, {shape} has {shape.Length}", nameof(shape));
        }

        return Node.View(new ReshapeNode(x), shape, x);
    }

    /// <summary>Everything but the first dimension becomes one: <c>[batch, height, width, channels]</c> to <c>[batch, height·width·channels]</c>.</summary>
    /// <param name="x">At least one dimension.</param>
    /// <returns><c>[batch, rest]</c>, over the same memory. Gradient: gy, unchanged.</returns>
    /// <exception cref="ArgumentException">x is a single number.</exception>
    public static Tensor Flatten(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Shape.Rank == 0)
        {
            throw ShapeError.Of("Flatten", "x needs a first dimension", x);
        }

        return Reshape(x, new Shape(x.Shape[0], new Shape(x.Shape.Sizes[1..]).Length));
    }
}

/// <summary>Keeps nothing.</summary>
internal sealed class ReshapeNode(Tensor x) : Node(x)
{
    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients) => gradients.PassThrough(x);
}
