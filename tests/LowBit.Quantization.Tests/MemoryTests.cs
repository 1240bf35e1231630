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
            using var device = new CpuDevice();
            var options = new QuantizerOptions { Method = method, Bits = 3, PerChannel = true };
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
}
