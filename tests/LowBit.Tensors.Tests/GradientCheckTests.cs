using LowBit.Kernels.Devices;
using LowBit.Kernels.Elementwise;
using LowBit.Kernels.Rng;
using LowBit.Tensors.Ops;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Tensors.Tests;

/// <summary>The checker passes right gradients, sharply, and reports wrong ones.</summary>
public class GradientCheckTests
{
    private static readonly CpuDevice s_device = CpuDevice.Shared;

    [Fact]
    public void Passes_a_network_of_several_ops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Leaf(1, 2, 6, 6, 3), w = Leaf(2, 4, 3, 3, 3), gamma = Leaf(3, 4), beta = Leaf(4, 4);
        IReadOnlyList<GradientReport> reports = GradientCheck.Run(
            () => x.Conv2d(w, padding: 1).BatchNormTraining(gamma, beta, Tensor.Zeros(s_device, 4), Tensor.Full(s_device, new Shape(4), 1)).Silu(),
            [x, w, gamma, beta], roundings: 200, seed: 7, step: 1.0 / 512);
        Assert.All(reports, static r => Assert.True(r.Passes, r.ToString()));
        Assert.Contains(reports, static r => r.IsSharp);
    }

    [Fact]
    public void Reports_wrong_slopes()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Leaf(1, 40);
        Assert.All(GradientCheck.Run(() => new WrongNode(x, -2).Apply(), [x], 4, seed: 7), static r => Assert.False(r.Passes, r.ToString()));
        Assert.Contains(GradientCheck.Run(() => new WrongNode(x, 2.01f).Apply(), [x], 4, seed: 7), static r => !r.Passes);
        Assert.All(GradientCheck.Run(() => new WrongNode(x, 2).Apply(), [x], 4, seed: 7), static r => Assert.True(r.Passes, r.ToString()));
    }

    [Fact]
    public void Checks_straight_through_ops_against_their_surrogate()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Leaf(1, 40);
        Assert.All(GradientCheck.Run(() => x.Apply<RoundSte>(), [x], 4, seed: 7, numeric: () => x.Scale(1)), static r => Assert.True(r.Passes && r.IsSharp, r.ToString()));

        // The value is flat almost everywhere, so without the surrogate the check must fail: it is not blind.
        Assert.Contains(GradientCheck.Run(() => x.Apply<RoundSte>(), [x], 4, seed: 7), static r => !r.Passes);
    }

    private static Tensor Leaf(ulong stream, params int[] sizes)
    {
        Tensor t = Tensor.Uniform(s_device, new Shape(sizes), -1, 1, new PhiloxKey(11, stream));
        t.RequiresGradient = true;
        return t;
    }

    /// <summary>Doubles its input and claims another slope.</summary>
    private sealed class WrongNode(Tensor x, float slope) : Node(x)
    {
        public Tensor Apply()
        {
            Tensor y = Output(this, x.Shape);
            Device.Scale(x.Length, 2, x.Buffer, y.Buffer);
            return y;
        }

        public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
            => Device.Accumulate(x.Length, slope, outputGradient, gradients.For(x)!);
    }
}
