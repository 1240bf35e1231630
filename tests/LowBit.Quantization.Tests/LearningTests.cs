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
        using var network = new Network(
            new QuantizerOptions { Method = method, Bits = weightBits, PerChannel = true }, new QuantizerOptions { Method = method, Bits = activationBits, ClipStart = 3 });
        (double Loss, int Right) last = (0, 0);
        double start = 0;
        for (int step = 0; step < 400; step++)
        {
            last = network.Step(step < 300 ? 0.1f : 0.02f);
            start = step == 0 ? last.Loss : start;
        }

        Assert.True(last.Loss < start, $"the loss went from {start} to {last.Loss}");
        // The classes are the quadrants of the first two inputs: guessing gives a quarter.
        Assert.True(last.Right >= 0.75 * Samples, $"{last.Right} of {Samples} are right");
    }

    [Theory]
    [InlineData("lsq", ClippingForm.Table)]
    [InlineData("lsq", ClippingForm.Function)]
    [InlineData("weightnorm", ClippingForm.Table)]
    [InlineData("weightnorm", ClippingForm.Function)]
    public void One_network_learns_to_separate_the_classes_at_every_width(string method, ClippingForm form)
    {
        int[] widths = [2, 3, 4, 8];
        var options = new QuantizerOptions { Method = method, Bits = 4, Widths = widths, Clipping = form, PerChannel = true };
        using var network = new Network(options, options with { PerChannel = false });
        for (int step = 0; step < 800; step++)
        {
            network.Select(widths[step % 4], widths[step / 4 % 4]);
            network.Step(step < 600 ? 0.1f : 0.02f);
        }

        foreach (int bits in widths)
        {
            network.Select(bits, bits);
            int right = network.Step(0).Right;
            Assert.True(right >= 0.75 * Samples, $"{right} of {Samples} are right at {bits} bits");
        }
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

    /// <summary>Two layers with quantized weights and quantized activations between them.</summary>
    private sealed class Network : IDisposable
    {
        private readonly int[] _labels;
        private readonly Tensor _x;
        private readonly Tensor _first = Parameter(new Shape(Hidden, Inputs), 0.5f, 1);
        private readonly Tensor _bias = Parameter(new Shape(Hidden), 0.1f, 2);
        private readonly Tensor _second = Parameter(new Shape(Classes, Hidden), 0.3f, 3);
        private readonly WeightQuantizer _firstQuantizer;
        private readonly WeightQuantizer _secondQuantizer;
        private readonly ActivationQuantizer _hidden;
        private readonly List<Tensor> _parameters;

        public Network(QuantizerOptions weights, QuantizerOptions activations)
        {
            (float[] inputs, _labels) = Task();
            _x = Tensor.FromArray(Tests.Samples.Device, inputs, Samples, Inputs);
            _firstQuantizer = QuantizerFactory.Weight(weights, _x.Device, _first.Shape);
            _secondQuantizer = QuantizerFactory.Weight(weights, _x.Device, _second.Shape);
            _hidden = QuantizerFactory.Activation(activations, _x.Device);
            _parameters = [_first, _bias, _second];
            foreach (Quantizer q in (Quantizer[])[_firstQuantizer, _secondQuantizer, _hidden])
            {
                _parameters.AddRange(q.Parameters().Select(static p => p.Tensor));
            }
        }

        public void Select(int weights, int activations)
        {
            _firstQuantizer.SelectBits(weights);
            _secondQuantizer.SelectBits(weights);
            _hidden.SelectBits(activations);
        }

        /// <summary>One step of gradient descent; loss and right answers in front of it.</summary>
        public (double Loss, int Right) Step(float rate)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor h = _hidden.Apply(_x.Linear(_firstQuantizer.Apply(_first), _bias).Relu());
            Tensor logits = h.Linear(_secondQuantizer.Apply(_second));
            Tensor loss = logits.CrossEntropy(_labels);
            _parameters.ForEach(static p => p.ZeroGradient());
            loss.Backward();
            foreach (Tensor p in _parameters)
            {
                if (p.Gradient is { } gradient)
                {
                    p.Device.Accumulate(p.Length, -rate, gradient.Buffer, p.Buffer);
                }
            }

            return (loss.Item(), LearningTests.Right(logits.ToArray(), _labels));
        }

        public void Dispose()
        {
            _parameters.ForEach(static p => p.Dispose());
            _x.Dispose();
            _firstQuantizer.Dispose();
            _secondQuantizer.Dispose();
            _hidden.Dispose();
        }
    }
}
