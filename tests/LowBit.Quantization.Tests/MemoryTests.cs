using LowBit.Kernels.Devices;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Quantization.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void Steady_steps_ask_for_no_more_memory()
    {
        foreach (string method in QuantizerFactory.Methods)
        {
            CheckMemory(new QuantizerOptions { Method = method, Bits = 3, PerChannel = true });
        }
    }

    [Fact]
    public void Steady_switching_asks_for_no_more_memory()
    {
        foreach (ClippingForm form in Enum.GetValues<ClippingForm>())
        {
            CheckMemory(new QuantizerOptions { Bits = 3, PerChannel = true, Widths = [2, 3, 8], Clipping = form });
        }
    }

    private static void CheckMemory(QuantizerOptions options)
    {
        using var device = new CpuDevice();
        using WeightQuantizer weights = QuantizerFactory.Weight(options, device, new Shape(8, 100));
        using ActivationQuantizer activations = QuantizerFactory.Activation(options, device);
        using Tensor w = Tensor.FromArray(device, Samples.Normal(800, 1), 8, 100);
        using Tensor x = Tensor.FromArray(device, Samples.Normal(400, 2), 4, 100);
        w.RequiresGradient = true;
        x.RequiresGradient = true;
        MemoryStatistics before = default;
        for (int step = 0; step < 60; step++)
        {
            using (TensorScope.Begin())
            {
                weights.SelectBits(weights.Widths[step % weights.Widths.Count]);
                activations.SelectBits(activations.Widths[step % activations.Widths.Count]);
                Tensor yw = weights.Apply(w);
                GradientCheck.Weigh(yw, Tensor.Full(device, yw.Shape, 1)).Backward();
                Tensor yx = activations.Apply(x);
                GradientCheck.Weigh(yx, Tensor.Full(device, yx.Shape, 1)).Backward();
                weights.Export(w);
            }

            if (step == 5)
            {
                before = device.Memory;
            }
        }

        Assert.True(before.InUse > 0);
        Assert.Equal(before, device.Memory);
    }
}
