using System.Numerics.Tensors;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Tensors.Tests;

public sealed class TensorTests : IDisposable
{
    private static readonly CpuDevice s_device = CpuDevice.Shared;
    private readonly TensorScope _scope = TensorScope.Begin();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Host_data_goes_in_and_comes_out()
    {
        Tensor t = Tensor.FromArray(s_device, [1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal(new Shape(2, 3), t.Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], t.ToArray());
        t.CopyFrom([6f, 5, 4, 3, 2, 1]);
        var copy = new float[8];
        t.CopyTo(copy);
        Assert.Equal([6f, 5, 4, 3, 2, 1, 0, 0], copy);
        Assert.Equal(new Shape(2), Tensor.FromArray(s_device, [1, 2]).Shape);
    }

    [Fact]
    public void Wrong_lengths_are_refused_with_the_numbers()
    {
        Tensor t = Tensor.Zeros(s_device, 2, 3);
        ArgumentException e = Assert.Throws<ArgumentException>(() => Tensor.FromArray(s_device, new float[5], 2, 3));
        Assert.Contains("[2, 3]", e.Message, StringComparison.Ordinal);
        Assert.Contains("5", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => t.CopyFrom(new float[7]));
        Assert.Throws<ArgumentException>(() => t.CopyTo(new float[5]));
        Assert.Throws<ArgumentException>(() => t.CopyFrom(Tensor.Zeros(s_device, 3, 2)));
        Assert.Throws<ArgumentException>(() => t.Reshape(4, -1));
        Assert.Throws<ArgumentException>(() => t.Reshape(-1, -1));
        Assert.Throws<InvalidOperationException>(() => t.Item());
    }

    [Fact]
    public void Copies_are_independent_and_views_are_not()
    {
        Tensor t = Tensor.Full(s_device, new Shape(4), 1);
        Tensor clone = t.Clone(), view = t.Reshape(2, 2), detached = t.Detach();
        t.CopyFrom([1, 2, 3, 4]);
        Assert.Equal([1f, 1, 1, 1], clone.ToArray());
        Assert.Equal([1f, 2, 3, 4], view.ToArray());
        Assert.Equal([1f, 2, 3, 4], detached.ToArray());
    }

    [Fact]
    public void Random_tensors_depend_on_their_key_only()
    {
        float[] a = Tensor.Normal(s_device, new Shape(1000), 3, 2, new PhiloxKey(1, 2)).ToArray();
        Assert.Equal(a, Tensor.Normal(s_device, new Shape(1000), 3, 2, new PhiloxKey(1, 2)).ToArray());
        Assert.NotEqual(a, Tensor.Normal(s_device, new Shape(1000), 3, 2, new PhiloxKey(1, 3)).ToArray());

        // Five standard errors of the mean of 1000 numbers with deviation 2.
        Assert.InRange(a.Average(), 3 - (5 * 2 / MathF.Sqrt(1000)), 3 + (5 * 2 / MathF.Sqrt(1000)));
        Assert.All(Tensor.Uniform(s_device, new Shape(1000), -1, 2, new PhiloxKey(1, 2)).ToArray(), static v => Assert.InRange(v, -1, 2));
    }

    [Fact]
    public void A_tensor_span_is_a_window_to_the_same_memory()
    {
        Tensor t = Tensor.FromArray(s_device, [1, 2, 3, 4, 5, 6], 2, 3);
        TensorSpan<float> span = t.AsTensorSpan();
        Assert.Equal(6, span[1, 2]);
        span[0, 1] = 20;
        Assert.Equal([1f, 20, 3, 4, 5, 6], t.ToArray());
        Assert.Equal(1, Tensor.Scalar(s_device, 7).AsTensorSpan().FlattenedLength);
    }

    [Fact]
    public void Tensor_spans_with_strides_are_copied_element_by_element()
    {
        // The transpose of [[1, 2, 3], [4, 5, 6]] as strides over the same array.
        float[] data = [1, 2, 3, 4, 5, 6];
        var transposed = new ReadOnlyTensorSpan<float>(data, [3, 2], [1, 3]);
        Tensor t = Tensor.FromTensorSpan(s_device, transposed);
        Assert.Equal(new Shape(3, 2), t.Shape);
        Assert.Equal([1f, 4, 2, 5, 3, 6], t.ToArray());
        Assert.Equal(t.ToArray(), Tensor.FromTensorSpan(s_device, t.AsTensorSpan()).ToArray());
    }

    [Fact]
    public void A_disposed_tensor_says_which_one_it_was()
    {
        Tensor t = Tensor.Zeros(s_device, 2, 3);
        t.Name = "layer1.weight";
        t.Dispose();
        t.Dispose();
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(() => t.ToArray());
        Assert.Contains("'layer1.weight' [2, 3]", e.Message, StringComparison.Ordinal);
    }
}
