using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Nn.Simulation;
using LowBit.Nn.Tests.Lowering;
using LowBit.Runtime.Sessions;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Nn.Tests.Simulation;

/// <summary>A model trained for real: the integers classify as well as the fake-quantized floats it was trained with.</summary>
public class AccuracyTests
{
    private const int Train = 160;
    private const int Test = 200;

    [Theory]
    [InlineData("mlp", 3, 3)]
    [InlineData("lenet5", 4, 4)]
    [InlineData("resnet20a", 4, 4)]
    public void Integer_accuracy_is_that_of_the_trained_model(string kind, int weightBits, int activationBits)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, QuantizationPolicy.Uniform(weightBits, activationBits), seed: 8, rough: false);
        (byte[] trainImages, int[] trainLabels) = Patterns(prepared, Train, 1);
        (byte[] images, int[] labels) = Patterns(prepared, Test, 2);
        Fit(prepared, trainImages, trainLabels);
        prepared.Model.Evaluate();
        double fakeQuantized = Accuracy(prepared.FloatLogits(images), labels);
        Assert.True(fakeQuantized > 0.8, $"the model learned nothing: {fakeQuantized}");

        LoweringResult lowering = prepared.Lower();
        using var verifier = new Verifier(lowering, new SessionOptions { Batch = 50 });
        verifier.Compare(images, labels);
        VerificationReport report = verifier.Report();
        Assert.Equal(0, report.Mismatches);
        Assert.Equal(report.AccuracySimulated, report.AccuracyInteger);
        // Requantization rounds ties up and multiplies in fixed point, training rounds them to even in floats: single codes may differ.
        Assert.InRange(report.AccuracyInteger, fakeQuantized - 0.011, fakeQuantized + 0.011);
    }

    private static void Fit(PreparedModels prepared, byte[] images, int[] labels)
    {
        const int Batch = 32;
        Module model = prepared.Model;
        model.Train();
        using var optimiser = new Sgd(ParameterGroup.Split(model, new GroupRules(QuantizerLearningRate: 0.1f)), 0.9f);
        int length = images.Length / labels.Length;
        for (int step = 0; step < 60; step++)
        {
            int first = step * Batch % (Train - Batch + 1);
            using (TensorScope.Begin())
            {
                optimiser.ZeroGradients();
                Tensor logits = model.Forward(prepared.Tensor(images.AsSpan(first * length, Batch * length)));
                logits.CrossEntropy(labels.AsSpan(first, Batch)).Backward();
                optimiser.Step(0.02);
            }
        }
    }

    // Each class brightens another part of the image; the rest is noise.
    private static (byte[] Images, int[] Labels) Patterns(PreparedModels prepared, int count, int seed)
    {
        byte[] images = prepared.Images(count, seed);
        var labels = new int[count];
        int pixels = prepared.Size * prepared.Size * prepared.Channels;
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % PreparedModels.Classes;
            for (int p = 0; p < pixels; p++)
            {
                int at = (i * pixels) + p, row = p / prepared.Channels / prepared.Size;
                int part = row * PreparedModels.Classes / prepared.Size;
                images[at] = (byte)((images[at] / 2) + (part == labels[i] ? 110 : 0));
            }
        }

        return (images, labels);
    }

    private static double Accuracy(float[] logits, int[] labels)
    {
        int classes = logits.Length / labels.Length, hits = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = logits.AsSpan(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }

            hits += best == labels[i] ? 1 : 0;
        }

        return (double)hits / labels.Length;
    }
}
