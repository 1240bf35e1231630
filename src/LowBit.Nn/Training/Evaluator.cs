using System.Diagnostics;
using LowBit.Nn.Losses;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.Training;

/// <summary>Runs a model over a batch source in evaluation mode.</summary>
public static class Evaluator
{
    /// <summary>Counts right answers.</summary>
    /// <param name="model">The model; it is in the mode it was in afterwards.</param>
    /// <param name="source">The images, without augmentation.</param>
    /// <param name="token">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">The model's logits do not fit the source's classes, or a quantizer has no step yet.</exception>
    public static EvaluationResult Run(Module model, IBatchSource source, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        RequireSteps(model);
        bool wasTraining = model.Training;
        model.Evaluate();
        try
        {
            return Count(model, source, token);
        }
        finally
        {
            model.Train(wasTraining);
        }
    }

    /// <summary>The class of each row: the first of the largest logits.</summary>
    /// <param name="logits"><c>[n, classes]</c>, row-major.</param>
    /// <param name="labels">n class numbers.</param>
    /// <returns>How many rows have their label's logit as the first largest.</returns>
    public static int CountCorrect(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        int classes = logits.Length / labels.Length;
        int correct = 0;
        for (int r = 0; r < labels.Length; r++)
        {
            ReadOnlySpan<float> row = logits.Slice(r * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }

            correct += best == labels[r] ? 1 : 0;
        }

        return correct;
    }

    /// <summary>Throws when a quantizer would take its first step from the images of an evaluation.</summary>
    /// <exception cref="ArgumentException">A quantizer that is on has no step.</exception>
    internal static void RequireSteps(Module model)
    {
        foreach ((string path, Quantizer quantizer) in model.Quantizers())
        {
            if (quantizer.Enabled && !quantizer.IsInitialized)
            {
                throw new ArgumentException(
                    $"quantizer {path} has no step yet: the model was saved before its first training batch, or right behind a change of its bits; train on before it is evaluated");
            }
        }
    }

    private static EvaluationResult Count(Module model, IBatchSource source, CancellationToken token)
    {
        var buffers = new BatchBuffers(source);
        var loss = new CrossEntropyLoss();
        double lossSum = 0;
        int correct = 0, seen = 0;
        long start = Stopwatch.GetTimestamp();
        using (NoGradient.Begin())
        {
            for (int b = 0; b < source.Batches; b++)
            {
                token.ThrowIfCancellationRequested();
                using (TensorScope.Begin())
                {
                    Tensor images = buffers.Load(model.Device, 0, b);
                    Tensor logits = model.Forward(images);
                    correct += buffers.CountCorrect(logits);
                    lossSum += loss.Of(logits, buffers.Labels).Item() * (double)buffers.Count;
                    seen += buffers.Count;
                }
            }
        }

        double seconds = Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-9);
        return new EvaluationResult(seen, correct, lossSum / Math.Max(seen, 1), seen / seconds);
    }
}
