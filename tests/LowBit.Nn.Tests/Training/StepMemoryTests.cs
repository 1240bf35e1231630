using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Nn.Layers;
using LowBit.Nn.Losses;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>What a training step holds: activations grow with the batch, everything else does not.</summary>
public class StepMemoryTests
{
    private const double GiB = 1L << 30;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ResNet56_of_128_images_stays_below_2_GiB(bool quantized)
    {
        long two = Peak(2, quantized), six = Peak(6, quantized);
        double perImage = (six - two) / 4.0;
        double expected = two + (126 * perImage);
        Assert.True(perImage > 1e5, "a step that keeps nothing was not a training step");
        Assert.True(expected < 2 * GiB, $"128 images would take {expected / GiB:F2} GiB, {perImage / (1 << 20):F1} MiB each");
    }

    private static long Peak(int batch, bool quantized)
    {
        using var pool = new WorkerPool(2);
        using var device = new CpuDevice(pool);
        var options = new ModelOptions
        {
            Classes = 10,
            Height = 32,
            Width = 32,
            Channels = 3,
            Normalization = new InputNormalization([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]),
            Quantization = quantized ? new QuantizationPolicy { Method = "lsq", WeightBits = 4, ActivationBits = 4 } : null,
        };
        using var model = new ResNetCifar(device, options, depth: 56);
        using var sgd = new Sgd(ParameterGroup.Split(model, new GroupRules(WeightDecay: 1e-4f)));
        model.Train();
        var pixels = new float[batch * 32 * 32 * 3];
        var random = new Random(1);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = random.NextSingle();
        }

        int[] labels = [.. Enumerable.Range(0, batch)];
        for (int step = 0; step < 2; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor loss = new CrossEntropyLoss(0).Of(model.Forward(Tensor.FromArray(device, pixels, batch, 32, 32, 3)), labels);
            sgd.ZeroGradients();
            loss.Backward();
            sgd.Step(0.01);
        }

        return device.Memory.Peak;
    }
}
