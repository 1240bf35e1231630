using LowBit.Kernels.Rng;
using LowBit.Nn.Training;

namespace LowBit.TestKit;

/// <summary>Images made of a class's fixed random pattern and noise; what a batch holds depends on seed, epoch and batch alone.</summary>
public sealed class PatternSource : IBatchSource
{
    private readonly ulong _seed;
    private readonly float[][] _patterns;

    public PatternSource(int count, int batchSize, int size, int channels = 1, int classes = 4, ulong seed = 5)
    {
        (Count, BatchSize, Height, Width, Channels, Classes, _seed) = (count, batchSize, size, size, channels, classes, seed);
        _patterns = new float[classes][];
        for (int c = 0; c < classes; c++)
        {
            _patterns[c] = new float[size * size * channels];
            Philox.FillUniform(new PhiloxKey(99, (ulong)c), 0, -1, 1, _patterns[c]);
        }
    }

    public int Count { get; }

    public int BatchSize { get; }

    public int Batches => (Count + BatchSize - 1) / BatchSize;

    public int Classes { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public float Noise { get; init; } = 0.5f;

    /// <summary>Called before each batch, for example to cancel a run.</summary>
    public Action<int, int>? OnFill { get; set; }

    public int Fill(int epoch, int batch, Span<float> images, Span<int> labels)
    {
        OnFill?.Invoke(epoch, batch);
        int n = Math.Min(BatchSize, Count - (batch * BatchSize));
        int length = Height * Width * Channels;
        var noise = new float[length];
        for (int i = 0; i < n; i++)
        {
            int image = (batch * BatchSize) + i;
            labels[i] = (image + epoch) % Classes;
            Philox.FillUniform(new PhiloxKey(_seed, (ulong)((epoch * Count) + image)), 0, -Noise, Noise, noise);
            for (int j = 0; j < length; j++)
            {
                images[(i * length) + j] = Math.Clamp(_patterns[labels[i]][j] + noise[j], -1, 1);
            }
        }

        return n;
    }
}
