using System.Numerics.Tensors;
using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

// Aspect: exchange with System.Numerics.Tensors.
public sealed partial class Tensor
{
    /// <summary>A leaf with a copy of a tensor span, strides and all.</summary>
    /// <param name="device">Where the numbers live.</param>
    /// <param name="source">Any rank; every size fits an int.</param>
    /// <exception cref="ArgumentException">The number of elements exceeds 2^31 − 1.</exception>
    public static Tensor FromTensorSpan(Device device, ReadOnlyTensorSpan<float> source)
    {
        var sizes = new int[source.Rank];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = checked((int)source.Lengths[i]);
        }

        var shape = new Shape(sizes);
        var data = new float[shape.Length];
        source.FlattenTo(data);
        return FromArray(device, data, shape);
    }

    /// <summary>The elements as a tensor span over the tensor's own memory: what is written there is written to the tensor.</summary>
    /// <returns>A dense span with the sizes of <see cref="Shape"/>; a single number becomes <c>[1]</c>. Valid while the tensor is reachable and not disposed.</returns>
    /// <exception cref="NotSupportedException">The tensor is not in the memory of the CPU; use <see cref="ToArray"/>.</exception>
    public TensorSpan<float> AsTensorSpan()
    {
        if (Device is not CpuDevice)
        {
            throw new NotSupportedException($"{this} is not in the memory of the CPU; copy it with ToArray");
        }

        Span<nint> lengths = stackalloc nint[Math.Max(1, Shape.Rank)];
        lengths[0] = 1;
        for (int i = 0; i < Shape.Rank; i++)
        {
            lengths[i] = Shape[i];
        }

        return new TensorSpan<float>(CpuDevice.Span<float>(Buffer)[..Length], lengths);
    }
}
