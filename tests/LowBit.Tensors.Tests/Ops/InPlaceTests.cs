using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Threading;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Tensors.Tests.Ops;

/// <summary>An op works in place only where nobody can see the difference.</summary>
public sealed class InPlaceTests : IDisposable
{
    private readonly WorkerPool _pool = new(1);
    private readonly CpuDevice _device;
    private readonly TensorScope _scope;

    public InPlaceTests()
    {
        _device = new CpuDevice(_pool);
        _scope = TensorScope.Begin();
    }

    public void Dispose()
    {
        _scope.Dispose();
        Assert.Equal(0, _device.Memory.InUse);
        _device.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Takes_over_the_memory_of_a_result_that_nobody_keeps()
    {
        Tensor h = Leaf(-1, 2).Scale(3);
        DeviceBuffer memory = h.Buffer;
        Tensor y = h.ReluInPlace();
        Assert.Same(memory, y.Buffer);
        Assert.Equal([0f, 6], y.ToArray());
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(() => h.ToArray());
        Assert.Contains("in place", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_and_views_are_copied()
    {
        Tensor x = Leaf(-1, 2);
        Assert.Equal([0f, 2], x.ReluInPlace().ToArray());
        Tensor h = x.Scale(3);
        Assert.Equal([0f, 6], h.Reshape(2, 1).ReluInPlace().ToArray());
        Assert.Equal([0f, 6], h.ReluInPlace().ToArray());
        Tensor detached = x.Scale(3);
        _ = detached.Detach();
        Assert.Equal([0f, 6], detached.ReluInPlace().ToArray());
        Assert.Equal([-1f, 2], x.ToArray());
        Assert.Equal([-3f, 6], h.ToArray());
        Assert.Equal([-3f, 6], detached.ToArray());
    }

    [Fact]
    public void What_the_backward_pass_reads_is_copied()
    {
        Tensor x = Leaf(-1, 2);
        Tensor tanh = x.Tanh();
        float[] before = tanh.ToArray();
        tanh.ReluInPlace();
        Assert.Equal(before, tanh.ToArray());

        Tensor h = x.Scale(3);
        Tensor square = h.Apply<Square>();
        h.ReluInPlace();
        Assert.Equal([-3f, 6], h.ToArray());
        square.Sum().Backward();
        Assert.Equal([-18f, 36], x.Gradient!.ToArray());

        Tensor input = x.Scale(3);
        input.ApplyInPlace<Silu>();
        Assert.Equal([-3f, 6], input.ToArray());
    }

    [Fact]
    public void The_graph_behind_the_memory_is_differentiated()
    {
        Tensor x = Leaf(-1, 2, 3);
        Tensor y = (x.Scale(3) + x).ReluInPlace().ApplyInPlace<Negate>();
        (y * y).Sum().Backward();

        // y = −4·max(x, 0), so d(y²)/dx = 32·max(x, 0).
        Assert.Equal([0f, 64, 96], x.Gradient!.ToArray());
    }

    [Fact]
    public void Works_in_place_without_gradients_too()
    {
        using NoGradient off = NoGradient.Begin();
        Tensor h = Leaf(-1, 2).Tanh();
        DeviceBuffer memory = h.Buffer;
        Assert.Same(memory, h.ReluInPlace().Buffer);
    }

    [Fact]
    public void A_gradient_that_somebody_else_holds_is_not_overwritten()
    {
        // Both sides of the sum get one gradient buffer; the ReLU must not turn it into its own in place.
        Tensor x = Leaf(-1, 2), z = Leaf(5, 7);
        (x.Scale(1).Relu() + z.Scale(1)).Sum().Backward();
        Assert.Equal([0f, 1], x.Gradient!.ToArray());
        Assert.Equal([1f, 1], z.Gradient!.ToArray());
    }

    private Tensor Leaf(params float[] values)
    {
        Tensor t = Tensor.FromArray(_device, values);
        t.RequiresGradient = true;
        return t;
    }
}
