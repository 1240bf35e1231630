using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;

namespace LowBit.Tensors;

// Aspect: how leaves are made.
public sealed partial class Tensor
{
    /// <summary>A leaf with unspecified contents.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="shape">The sizes.</param>
    public static Tensor Allocate(Device device, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(shape);
        return Adopt(shape, device.Allocate((long)shape.Length * sizeof(float)));
    }

    /// <summary>A leaf of zeros.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="shape">The sizes.</param>
    public static Tensor Zeros(Device device, Shape shape) => Full(device, shape, 0);

    /// <summary>A leaf of zeros.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="sizes">The sizes.</param>
    public static Tensor Zeros(Device device, params ReadOnlySpan<int> sizes) => Full(device, new Shape(sizes), 0);

    /// <summary>A leaf whose elements are all equal.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">Every element.</param>
    public static Tensor Full(Device device, Shape shape, float value)
    {
        Tensor t = Allocate(device, shape);
        device.Fill(t.Length, value, t.Buffer);
        return t;
    }

    /// <summary>A leaf of one number, shape <c>[]</c>.</summary>
    /// <param name="device">Where the number lives.</param>
    /// <param name="value">The number.</param>
    public static Tensor Scalar(Device device, float value) => Full(device, Shape.Scalar, value);

    /// <summary>A leaf with a copy of host data.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="sizes">The sizes; without any, the tensor is <c>[data.Length]</c>.</param>
    /// <exception cref="ArgumentException">The sizes do not describe exactly <paramref name="data"/>.Length elements.</exception>
    public static Tensor FromArray(Device device, ReadOnlySpan<float> data, params ReadOnlySpan<int> sizes)
        => FromArray(device, data, sizes.IsEmpty ? new Shape(data.Length) : new Shape(sizes));

    /// <summary>A leaf with a copy of host data.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="data">The elements in row-major order.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">The shape does not describe exactly <paramref name="data"/>.Length elements.</exception>
    public static Tensor FromArray(Device device, ReadOnlySpan<float> data, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (data.Length != shape.Length)
        {
            throw new ArgumentException($"{data.Length} floats cannot fill shape {shape} of {shape.Length} elements", nameof(data));
        }

        Tensor t = Allocate(device, shape);
        device.Upload(data, t.Buffer);
        return t;
    }

    /// <summary>A leaf of independent uniform numbers.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="low">Smallest value, included.</param>
    /// <param name="high">Largest value, excluded.</param>
    /// <param name="key">The random stream; equal keys give equal tensors on every machine.</param>
    public static Tensor Uniform(Device device, Shape shape, float low, float high, PhiloxKey key)
    {
        Tensor t = Allocate(device, shape);
        device.FillUniform(t.Length, low, high, key, t.Buffer);
        return t;
    }

    /// <summary>A leaf of independent normal numbers.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="mean">Mean of the distribution.</param>
    /// <param name="deviation">Standard deviation of the distribution, 0 or more.</param>
    /// <param name="key">The random stream; equal keys give equal tensors on every machine.</param>
    public static Tensor Normal(Device device, Shape shape, float mean, float deviation, PhiloxKey key)
    {
        Tensor t = Allocate(device, shape);
        device.FillNormal(t.Length, mean, deviation, key, t.Buffer);
        return t;
    }

    /// <summary>A leaf over a block that the caller took or shared; the current scope adopts it.</summary>
    internal static Tensor Adopt(Shape shape, DeviceBuffer buffer)
    {
        var t = new Tensor(shape, buffer);
        TensorScope.Current?.Adopt(t);
        return t;
    }

    /// <summary>A leaf that no scope adopts: the gradients of parameters.</summary>
    internal static Tensor AllocateUnscoped(Device device, Shape shape) => new(shape, device.Allocate((long)shape.Length * sizeof(float)));
}
