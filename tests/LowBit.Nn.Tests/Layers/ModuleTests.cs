using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Nn.Tests.Layers;

public class ModuleTests
{
    private static readonly CpuDevice s_device = CpuDevice.Shared;

    [Fact]
    public void A_row_of_modules_is_numbered_and_runs_in_order()
    {
        using var net = new Sequential(new Flatten(s_device), new Linear(s_device, 4, 2), new Relu(s_device));
        Linear linear = Assert.IsType<Linear>(net.Children[1].Module);
        linear.Weight.CopyFrom([1f, 0, 0, 0, -1, 0, 0, 0]);
        linear.Bias!.CopyFrom([0.5f, 0.5f]);
        using Tensor x = Tensor.FromArray(s_device, [2f, 9, 9, 9], 1, 2, 2, 1);
        using var scope = TensorScope.Begin();
        Assert.Equal([2.5f, 0], net.Forward(x).ToArray());
        Assert.Equal(["1.weight", "1.bias"], net.Parameters().Select(p => p.Name));
        Assert.Equal([ParameterRole.Weight, ParameterRole.Bias], net.Parameters().Select(p => p.Role));
    }

    [Fact]
    public void A_module_has_one_place()
    {
        var relu = new Relu(s_device);
        using var net = new Sequential(relu);
        Assert.Throws<ArgumentException>(() => new Sequential(relu));
        using var other = new Sequential(s_device);
        other.Append("a", new Relu(s_device));
        Assert.Throws<ArgumentException>(() => other.Append("a", new Relu(s_device)));
        Assert.Throws<ArgumentException>(() => other.Append("a.b", new Relu(s_device)));
        Assert.Throws<ArgumentException>(() => new Sequential());
    }

    [Fact]
    public void Training_and_evaluation_reach_every_module()
    {
        using var net = new Sequential(new Sequential(new BatchNorm2d(s_device, 2)), new Relu(s_device));
        net.Evaluate();
        Assert.All(net.Modules(), m => Assert.False(m.Module.Training));
        net.Train();
        Assert.All(net.Modules(), m => Assert.True(m.Module.Training));
    }

    [Fact]
    public void Batch_norm_uses_batch_statistics_in_training_only()
    {
        using var norm = new BatchNorm2d(s_device, 1, momentum: 0.5f);
        using Tensor x = Tensor.FromArray(s_device, [1f, 3f], 2, 1);
        using var scope = TensorScope.Begin();
        float[] y = norm.Forward(x).ToArray();
        Assert.InRange(y[1], 0.9999f, 1);
        Assert.Equal(-y[1], y[0]);
        Assert.Equal(1, norm.RunningMean.Item());
        Assert.Equal(1.5f, norm.RunningVariance.Item());
        norm.Evaluate();
        y = norm.Forward(x).ToArray();
        Assert.Equal(0, y[0]);
        Assert.InRange(y[1], 1.63f, 1.64f);
        Assert.Equal(1, norm.RunningMean.Item());
    }

    [Fact]
    public void Parameters_outlive_the_scope_they_were_made_in()
    {
        Linear linear;
        using (TensorScope.Begin())
        {
            linear = new Linear(s_device, 2, 2);
        }

        linear.Initialize(1);
        Assert.Contains(linear.Weight.ToArray(), w => w != 0);
        linear.Dispose();
        Assert.True(linear.Weight.IsDisposed);
    }
}
