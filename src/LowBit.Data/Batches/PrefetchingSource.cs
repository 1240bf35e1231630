namespace LowBit.Data.Batches;

/// <summary>
/// A <see cref="BatchSource"/> whose next batch is made by a thread of its own while the present one is trained on. The numbers
/// are those of the source; a batch asked for out of turn is made at once.
/// </summary>
public sealed class PrefetchingSource : IDisposable
{
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly float[] _images;
    private readonly int[] _labels;
    private (int Epoch, int Batch) _coming = (-1, -1);
    private int _count;
    private Exception? _failure;
    private volatile bool _stopping;

    /// <summary>Starts the thread; the first batch is made when it is asked for.</summary>
    /// <param name="source">Where batches come from; also usable by others meanwhile.</param>
    /// <exception cref="ArgumentException">A batch has more numbers than one array holds.</exception>
    public PrefetchingSource(BatchSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long numbers = (long)source.BatchSize * source.Set.ImageLength;
        if (numbers > Array.MaxLength)
        {
            throw new ArgumentException($"a batch of {source.BatchSize} images of {source.Set.Name} has {numbers} numbers, more than one array holds; use a smaller batch", nameof(source));
        }

        Source = source;
        _images = new float[numbers];
        _labels = new int[source.BatchSize];
        _thread = new Thread(Work) { IsBackground = true, Name = "lowbit-prefetch" };
        _thread.Start();
    }

    /// <summary>Where batches come from.</summary>
    public BatchSource Source { get; }

    /// <summary>Batches that were ready or on their way when they were asked for.</summary>
    public int Hits { get; private set; }

    /// <summary>Writes one batch and starts on the next one: batch + 1, or the first of the next epoch. For one caller at a time.</summary>
    /// <param name="epoch">0-based epoch.</param>
    /// <param name="batch">0..Batches-1.</param>
    /// <param name="images">Receives [size, height, width, channels].</param>
    /// <param name="labels">Receives [size].</param>
    /// <returns>The number of images written.</returns>
    /// <exception cref="ObjectDisposedException">The source was disposed.</exception>
    public int Fill(int epoch, int batch, Span<float> images, Span<int> labels)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        lock (_lock)
        {
            int count;
            (int Epoch, int Batch) coming = _coming;
            if (coming.Epoch >= 0)
            {
                _ready.Wait();

                // Nothing is under way until the end of this call, which an exception may be.
                _coming = (-1, -1);
            }

            if (coming == (epoch, batch) && _failure is null)
            {
                count = _count;
                _images.AsSpan(0, count * Source.Set.ImageLength).CopyTo(images);
                _labels.AsSpan(0, count).CopyTo(labels);
                Hits++;
            }
            else
            {
                count = Source.Fill(epoch, batch, images, labels);
            }

            _coming = batch + 1 < Source.Batches ? (epoch, batch + 1) : (epoch + 1, 0);
            _wanted.Release();
            return count;
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _wanted.Release();
        _thread.Join();
        _wanted.Dispose();
        _ready.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _wanted.Wait();
            if (_stopping)
            {
                return;
            }

            try
            {
                _failure = null;
                _count = Source.Fill(_coming.Epoch, _coming.Batch, _images, _labels);
            }
            catch (Exception failure)
            {
                // The caller makes the batch again and meets the same problem on its own thread.
                _failure = failure;
            }

            _ready.Release();
        }
    }
}
