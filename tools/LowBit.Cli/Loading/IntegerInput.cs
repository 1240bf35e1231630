using LowBit.Cli.Hosting;
using LowBit.Data.Sets;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;

namespace LowBit.Cli.Loading;

/// <summary>Runs data sets through integer models.</summary>
internal static class IntegerInput
{
    /// <summary>Throws unless the set has the sizes of the model's input and output.</summary>
    public static void RequireFit(IntegerModel model, ImageSet set)
    {
        IntegerEdge image = model.Image;
        if ((set.Height, set.Width, set.Channels, set.Classes) != (image.Height, image.Width, image.Channels, model.Classes))
        {
            throw new UsageException(
                $"the model takes {image.Height}x{image.Width}x{image.Channels} images of {model.Classes} classes, {set.Name} has {set.Height}x{set.Width}x{set.Channels} of {set.Classes}; name the data it was trained on");
        }
    }

    /// <summary>The engine's answer for every image.</summary>
    public static int[] Classify(Session session, ImageSet set, CancellationToken stop)
    {
        var answers = new int[set.Count];
        int batch = session.Options.Batch;
        for (int first = 0; first < set.Count; first += batch)
        {
            stop.ThrowIfCancellationRequested();
            int count = Math.Min(batch, set.Count - first);
            session.Classify(set.Pixels.Span.Slice(first * set.ImageLength, count * set.ImageLength), answers.AsSpan(first, count));
        }

        return answers;
    }

    /// <summary>How many answers are the labels.</summary>
    public static int Correct(ReadOnlySpan<int> answers, ImageSet set)
    {
        int correct = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            correct += answers[i] == set.Labels[i] ? 1 : 0;
        }

        return correct;
    }
}
