using LowBit.Kernels.Rng;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Quantization.Tests;

/// <summary>A small network learns a task through the quantizers' gradients, with weights and activations of few bits.</summary>
public sealed class LearningTests
{
    private const int Inputs = 8;
    private const int Hidden = 48;
    private const int Classes = 4;
    private const int Samples = 256;
    private const int Steps = 600;

    public static TheoryData<string, int, int> Settings
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string method in QuantizerFactory.Methods)
            {
                foreach ((int weights, int activations) in ((int, int)[])[(1, 4), (2, 2), (4, 4), (8, 8)])
                {
                    if (Tests.Samples.HasWeights(method, weights, WeightGrid.Narrow))
                    {
                        data.Add(method, weights, activations);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Gradients_lead_to_a_network_that_separates_the_classes(string method, int weightBits, int activationBits)
    {
        var device = Tests.Samples.Device;
        (float[] inputs, int[] labels) = Task();
        using Tensor x = Tensor.FromArray(device, inputs, Samples, Inputs);
        using Tensor first = Parameter(new Shape(Hidden, Inputs), 0.5f, 1);
        using Tensor bias = Parameter(new Shape(Hidden), 0.1f, 2);
        using Tensor second = Parameter(new Shape(Classes, Hidden), 0.3f, 3);
        var options = new QuantizerOptions { Method = method, Bits = weightBits, PerChannel = true };
        using WeightQuantizer firstQuantizer = QuantizerFactory.Weight(options, device, first.Shape);
        using WeightQuantizer secondQuantizer = QuantizerFactory.Weight(options, device, second.Shape);
        using ActivationQuantizer hidden = QuantizerFactory.Activation(
            new QuantizerOptions { Method = method, Bits = activationBits, ClipStart = 3 }, device);
        List<Tensor> parameters = [first, bias, second];
        foreach (Quantizer q in (Quantizer[])[firstQuantizer, secondQuantizer, hidden])
        {
            parameters.AddRange(q.Parameters().Select(static p => p.Tensor));
        }

        (double start, double end, int right) = (0, 0, 0);
        for (int step = 0; step < Steps; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor h = hidden.Apply(x.Linear(firstQuantizer.Apply(first), bias).Relu());
            Tensor logits = h.Linear(secondQuantizer.Apply(second));
            Tensor loss = logits.CrossEntropy(labels);
            parameters.ForEach(static p => p.ZeroGradient());
            loss.Backward();
            foreach (Tensor p in parameters)
            {
                device.Accumulate(p.Length, -0.1f * (Steps - step) / Steps, p.Gradient!.Buffer, p.Buffer);
            }

            end = loss.Item();
            start = step == 0 ? end : start;
            right = Right(logits.ToArray(), labels);
        }

        Assert.True(end < start, $"the loss went from {start} to {end}");
        // The classes are the quadrants of the first two inputs: guessing gives a quarter.
        Assert.True(right >= 0.8 * Samples, $"{right} of {Samples} are right");
    }

    private static (float[] Inputs, int[] Labels) Task()
    {
        float[] inputs = Tests.Samples.Normal(Samples * Inputs, 12);
        var labels = new int[Samples];
        for (int i = 0; i < Samples; i++)
        {
            labels[i] = (inputs[i * Inputs] > 0 ? 1 : 0) + (inputs[(i * Inputs) + 1] > 0 ? 2 : 0);
        }

        return (inputs, labels);
    }

    private static Tensor Parameter(Shape shape, float deviation, ulong stream)
    {
        Tensor p = Tensor.Normal(Tests.Samples.Device, shape, 0, deviation, new PhiloxKey(9, stream));
        p.RequiresGradient = true;
        return p;
    }

    private static int Right(float[] logits, int[] labels)
    {
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = logits.AsSpan(i * Classes, Classes);
            int best = 0;
            for (int c = 1; c < Classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }

            right += best == labels[i] ? 1 : 0;
        }

        return right;
    }
}
