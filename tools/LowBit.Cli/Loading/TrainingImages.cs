using LowBit.Data.Batches;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>A data set as the trainer sees it; a thread of its own makes the next batch.</summary>
internal sealed class TrainingImages : IBatchSource, IDisposable
{
    private readonly BatchSource _source;
    private readonly PrefetchingSource _prefetching;

    public TrainingImages(BatchSource source)
    {
        _source = source;
        _prefetching = new PrefetchingSource(source);
    }

    public int Count => _source.Set.Count;

    public int BatchSize => _source.BatchSize;

    public int Batches => _source.Batches;

    public int Classes => _source.Set.Classes;

    public int Height => _source.Set.Height;

    public int Width => _source.Set.Width;

    public int Channels => _source.Set.Channels;

    public int Fill(int epoch, int batch, Span<float> images, Span<int> labels) => _prefetching.Fill(epoch, batch, images, labels);

    public void Dispose() => _prefetching.Dispose();
}
