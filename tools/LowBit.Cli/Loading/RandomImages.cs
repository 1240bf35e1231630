using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>Noise with labels: what a training step costs does not depend on what is in the pictures.</summary>
internal sealed class RandomImages : IBatchSource
{
    private const int Seed = 1;

    private readonly float[] _images;
    private readonly int[] _labels;

    public RandomImages(DataFacts facts, int batch)
    {
        (Height, Width, Channels, Classes, BatchSize) = (facts.Height, facts.Width, facts.Channels, facts.Classes, batch);
        var random = new Random(Seed);
        _images = new float[checked(batch * Height * Width * Channels)];
        _labels = new int[batch];
        for (int i = 0; i < _images.Length; i++)
        {
            _images[i] = (random.NextSingle() * 4) - 2;
        }

        for (int i = 0; i < batch; i++)
        {
            _labels[i] = random.Next(Classes);
        }
    }

    public int Count => BatchSize;

    public int BatchSize { get; }

    public int Batches => 1;

    public int Classes { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public int Fill(int epoch, int batch, Span<float> images, Span<int> labels)
    {
        _images.CopyTo(images);
        _labels.CopyTo(labels);
        return BatchSize;
    }
}
