using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Threading;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Tensors.Tests;

public sealed class AutogradTests : IDisposable
{
    private readonly WorkerPool _pool = new(1);
    private readonly CpuDevice _device;
    private readonly TensorScope _scope;

    public AutogradTests()
    {
        _device = new CpuDevice(_pool);
        _scope = TensorScope.Begin();
    }

    public void Dispose()
    {
        _scope.Dispose();
        _device.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void A_tensor_used_twice_gets_both_gradients()
    {
        Tensor x = Leaf(3);
        (x * x).Sum().Backward();
        Assert.Equal([6f], x.Gradient!.ToArray());
    }

    [Fact]
    public void A_gradient_that_was_handed_on_is_copied_before_somebody_adds_to_it()
    {
        // h + h and h + k hand one buffer to several tensors; h's own gradient must not leak into k's.
        Tensor x = Leaf(3), z = Leaf(5);
        Tensor h = x.Scale(2), k = z.Scale(7);
        Tensor sum = h + k;
        (sum + h + h).Sum().Backward();
        Assert.Equal([6f], x.Gradient!.ToArray());
        Assert.Equal([7f], z.Gradient!.ToArray());
    }

    [Fact]
    public void Residual_connections_add_up()
    {
        Tensor x = Leaf(1.5f);
        Tensor h = x.Scale(3);
        Tensor t = h.Apply<Relu>() + h;
        Tensor u = t.Apply<Square>() + t;
        u.Sum().Backward();

        // t = 2h = 6x = 9, u = t² + t, du/dx = (2t + 1)·6
        Assert.Equal([114f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Gradients_add_over_passes_until_zeroed()
    {
        Tensor x = Leaf(3);
        x.Scale(2).Sum().Backward();
        x.Scale(2).Sum().Backward();
        Assert.Equal([4f], x.Gradient!.ToArray());
        x.ZeroGradient();
        Assert.Equal([0f], x.Gradient!.ToArray());
    }

    [Fact]
    public void A_dropped_gradient_is_gone_until_a_pass_reaches_the_leaf()
    {
        Tensor x = Leaf(3), y = Leaf(4);
        x.DropGradient();
        Assert.Null(x.Gradient);
        (x.Scale(2).Sum() + y.Sum()).Backward();
        x.DropGradient();
        y.DropGradient();
        x.Scale(5).Sum().Backward();
        Assert.Equal([5f], x.Gradient!.ToArray());
        Assert.Null(y.Gradient);
    }

    [Fact]
    public void One_graph_may_be_run_again()
    {
        Tensor x = Leaf(3);
        Tensor h = x.Scale(2);
        h.Sum().Backward();
        h.Apply<Square>().Sum().Backward();
        Assert.Equal([26f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Detach_stops_the_gradient()
    {
        Tensor x = Leaf(3);
        (x * x.Scale(2).Detach()).Sum().Backward();
        Assert.Equal([6f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        Tensor x = Leaf(3);
        using (NoGradient.Begin())
        {
            using (NoGradient.Begin())
            {
                Assert.True(NoGradient.IsActive);
            }

            Assert.False(x.Scale(2).RequiresGradient);
        }

        Assert.False(NoGradient.IsActive);
        Assert.True(x.Scale(2).RequiresGradient);
    }

    [Fact]
    public void Backward_refuses_vectors_and_constants()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Leaf(1, 2).Scale(2).Backward());
        Assert.Contains("[2]", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Tensor.Scalar(_device, 1).Backward());
    }

    [Fact]
    public void Only_leaves_are_told_whether_they_require_a_gradient()
    {
        Tensor y = Leaf(3).Scale(2);
        Assert.Throws<InvalidOperationException>(() => y.RequiresGradient = false);
        Assert.True(y.RequiresGradient);
    }

    [Fact]
    public void A_failing_backward_pass_gives_its_memory_back()
    {
        Tensor x = Leaf(3);
        Tensor early = x.Scale(3);
        Tensor y = new FailingNode(x).Apply();
        Tensor loss = (early + (y.Scale(2) + y)).Sum();
        long before = _device.Memory.InUse;
        Assert.Throws<NotSupportedException>(loss.Backward);
        Assert.Equal(before, _device.Memory.InUse);
        Assert.Throws<NotSupportedException>(loss.Backward);
    }

    [Fact]
    public void A_node_cannot_give_gradients_to_tensors_it_did_not_declare()
    {
        Tensor x = Leaf(3), stranger = Leaf(4);
        Tensor loss = new UndeclaredNode(x, stranger).Apply();
        ArgumentException e = Assert.Throws<ArgumentException>(loss.Backward);
        Assert.Contains("Undeclared", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_deeper_than_the_stack_is_differentiated()
    {
        Tensor x = Leaf(1);
        Tensor y = x;
        for (int i = 0; i < 20_000; i++)
        {
            y = y.Scale(-1);
        }

        y.Sum().Backward();
        Assert.Equal([1f], x.Gradient!.ToArray());
    }

    [Fact]
    public void Inputs_on_two_devices_are_refused()
    {
        using var other = new CpuDevice(_pool);
        Tensor a = Leaf(1);
        using Tensor b = Tensor.Full(other, new Shape(1), 2).Persist();
        Assert.Throws<ArgumentException>(() => a + b);
    }

    private Tensor Leaf(params float[] values)
    {
        Tensor t = Tensor.FromArray(_device, values);
        t.RequiresGradient = true;
        return t;
    }

    private sealed class FailingNode(Tensor x) : Node(x)
    {
        public Tensor Apply() => Output(this, x.Shape);

        public override void Backward(DeviceBuffer outputGradient, GradientSink gradients) => throw new NotSupportedException("no gradient");
    }

    private sealed class UndeclaredNode(Tensor x, Tensor stranger) : Node(x)
    {
        public Tensor Apply() => Output(this, Shape.Scalar);

        public override void Backward(DeviceBuffer outputGradient, GradientSink gradients) => gradients.For(stranger);
    }
}
