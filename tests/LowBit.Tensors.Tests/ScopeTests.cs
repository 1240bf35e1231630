using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Tensors.Tests;

public sealed class ScopeTests : IDisposable
{
    private readonly WorkerPool _pool = new(1);
    private readonly CpuDevice _device;

    public ScopeTests() => _device = new CpuDevice(_pool);

    public void Dispose()
    {
        _device.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Tensors_die_with_their_scope()
    {
        Tensor inner;
        using (TensorScope.Begin())
        {
            inner = Tensor.Zeros(_device, 1000);
            Assert.True(_device.Memory.InUse >= 4000);
        }

        Assert.True(inner.IsDisposed);
        Assert.Equal(0, _device.Memory.InUse);
        Assert.Throws<ObjectDisposedException>(() => inner.ToArray());
    }

    [Fact]
    public void Kept_tensors_move_to_the_scope_around()
    {
        Tensor kept, lost;
        using (TensorScope outer = TensorScope.Begin())
        {
            using (TensorScope scope = TensorScope.Begin())
            {
                kept = scope.Keep(Tensor.Full(_device, new Shape(3), 2));
                lost = Tensor.Zeros(_device, 3);
                Assert.Same(scope, TensorScope.Current);
            }

            Assert.Equal([2f, 2, 2], kept.ToArray());
            Assert.True(lost.IsDisposed);
            Assert.Same(outer, TensorScope.Current);
        }

        Assert.True(kept.IsDisposed);
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void Kept_and_persistent_tensors_outlive_the_outermost_scope()
    {
        Tensor kept, persistent;
        using (TensorScope scope = TensorScope.Begin())
        {
            using TensorScope innermost = TensorScope.Begin();
            kept = scope.Keep(innermost.Keep(Tensor.Zeros(_device, 3)));
            persistent = Tensor.Zeros(_device, 3).Persist();
        }

        Assert.False(kept.IsDisposed);
        Assert.False(persistent.IsDisposed);
        kept.Dispose();
        persistent.Dispose();
        Assert.Equal(0, _device.Memory.InUse);
    }

    [Fact]
    public void Gradients_of_leaves_outlive_the_scope_and_die_with_the_leaf()
    {
        Tensor w = Tensor.Full(_device, new Shape(3), 2);
        w.RequiresGradient = true;
        using (TensorScope.Begin())
        {
            w.Scale(3).Sum().Backward();
        }

        Assert.Equal([3f, 3, 3], w.Gradient!.ToArray());
        w.Dispose();
        Assert.Equal(0, _device.Memory.InUse);
    }

    [Fact]
    public void Closing_an_outer_scope_first_is_refused()
    {
        TensorScope outer = TensorScope.Begin();
        TensorScope inner = TensorScope.Begin();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void Views_keep_the_memory_alive()
    {
        Tensor a = Tensor.Full(_device, new Shape(2, 3), 4);
        Tensor b = a.Reshape(3, 2);
        a.Dispose();
        Assert.Equal([4f, 4, 4, 4, 4, 4], b.ToArray());
        b.Dispose();
        Assert.Equal(0, _device.Memory.InUse);
    }

    [Fact]
    public void Without_a_scope_disposing_the_results_gives_everything_back()
    {
        using (Tensor x = Tensor.Full(_device, new Shape(2, 4, 4, 3), 1))
        {
            x.RequiresGradient = true;
            using Tensor pooled = x.MaxPool2d(2);
            using Tensor flat = pooled.Flatten();
            using Tensor loss = flat.CrossEntropy([0, 1]);
            loss.Backward();
        }

        Assert.Equal(0, _device.Memory.InUse);
    }
}
