using LowBit.Data.Augmentation;
using LowBit.Data.Sets;

namespace LowBit.Data.Batches;

/// <summary>
/// Batches of a set as network input, NHWC floats, by (epoch, batch number): the same numbers in whatever order and from
/// whatever thread they are asked for.
/// </summary>
public sealed class BatchSource
{
    private readonly BatchOptions _options;
    private readonly Augmenter _augmenter;
    private readonly float[] _table;
    private readonly Lock _orderLock = new();
    private int[] _order = [];
    private int _orderEpoch = -1;

    /// <summary>Fixes set and options.</summary>
    /// <param name="set">The images, at least one batch when incomplete batches are dropped.</param>
    /// <param name="options">How batches are made.</param>
    /// <exception cref="ArgumentException">The batch size is below 1, the normalization does not fit, or no batch is complete.</exception>
    public BatchSource(ImageSet set, BatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(options);
        if (options.BatchSize < 1)
        {
            throw new ArgumentException($"a batch of {options.BatchSize} images is not possible; use at least 1", nameof(options));
        }

        if (options.Normalization.Mean.Length != set.Channels || options.Normalization.Std.Length != set.Channels)
        {
            throw new ArgumentException(
                $"the normalization has {options.Normalization.Mean.Length} means and {options.Normalization.Std.Length} deviations, set {set.Name} has {set.Channels} channels", nameof(options));
        }

        Batches = options.DropLast ? set.Count / options.BatchSize : (set.Count + options.BatchSize - 1) / options.BatchSize;
        if (Batches == 0)
        {
            throw new ArgumentException($"set {set.Name} holds {set.Count} images, no batch of {options.BatchSize} is complete", nameof(options));
        }

        Set = set;
        _options = options;
        _augmenter = new Augmenter(options.Augmentation, options.Seed);
        _table = MakeTable(options.Normalization);
    }

    /// <summary>The images.</summary>
    public ImageSet Set { get; }

    /// <summary>Batches per epoch.</summary>
    public int Batches { get; }

    /// <summary>Images of a full batch.</summary>
    public int BatchSize => _options.BatchSize;

    /// <summary>Images in batch number <paramref name="batch"/>.</summary>
    /// <param name="batch">0..Batches-1.</param>
    public int SizeOf(int batch) => Math.Min(_options.BatchSize, Set.Count - (batch * _options.BatchSize));

    /// <summary>Writes one batch.</summary>
    /// <param name="epoch">0-based epoch; decides order and augmentation.</param>
    /// <param name="batch">0..Batches-1.</param>
    /// <param name="images">Receives [size, height, width, channels], normalised.</param>
    /// <param name="labels">Receives [size].</param>
    /// <returns>The number of images written.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative or <paramref name="batch"/> is outside 0..Batches-1.</exception>
    /// <exception cref="ArgumentException">A destination is too short.</exception>
    public int Fill(int epoch, int batch, Span<float> images, Span<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(batch, Batches);
        int count = SizeOf(batch);
        int length = Set.ImageLength;
        if (images.Length < (long)count * length || labels.Length < count)
        {
            throw new ArgumentException($"batch {batch} needs {(long)count * length} floats and {count} labels, got room for {images.Length} and {labels.Length}", nameof(images));
        }

        int[] order = Order(epoch);
        var changed = new byte[length];
        for (int i = 0; i < count; i++)
        {
            int sample = _options.Shuffle ? order[(batch * _options.BatchSize) + i] : (batch * _options.BatchSize) + i;
            labels[i] = Set.Labels[sample];
            _augmenter.Apply(Set.Image(sample), Set.Width, Set.Channels, epoch, sample, changed);
            Normalize(changed, images.Slice(i * length, length));
        }

        return count;
    }

    /// <summary>Normalises pixels as <see cref="Fill"/> does.</summary>
    /// <param name="pixels">[..., channels], 0..255.</param>
    /// <param name="normalised">Receives as many floats.</param>
    public void Normalize(ReadOnlySpan<byte> pixels, Span<float> normalised)
    {
        int channels = Set.Channels;
        if (channels == 1)
        {
            for (int i = 0; i < pixels.Length; i++)
            {
                normalised[i] = _table[pixels[i]];
            }

            return;
        }

        for (int i = 0; i < pixels.Length; i += channels)
        {
            for (int c = 0; c < channels; c++)
            {
                normalised[i + c] = _table[(c << 8) + pixels[i + c]];
            }
        }
    }

    /// <summary>x of every byte, [channels][256].</summary>
    private static float[] MakeTable(Normalization normalization)
    {
        var table = new float[256 * normalization.Mean.Length];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (((i & 255) / 255f) - normalization.Mean[i >> 8]) / normalization.Std[i >> 8];
        }

        return table;
    }

    // One epoch's order is remembered: batches are asked for in turn, and a prefetch thread asks one ahead.
    private int[] Order(int epoch)
    {
        if (!_options.Shuffle)
        {
            return [];
        }

        lock (_orderLock)
        {
            if (_orderEpoch != epoch)
            {
                var random = new CounterRandom(_options.Seed, 0x2000_0000UL, (ulong)epoch);
                var order = new int[Set.Count];
                for (int i = 0; i < order.Length; i++)
                {
                    int j = random.NextBelow(i + 1);
                    order[i] = order[j];
                    order[j] = i;
                }

                _order = order;
                _orderEpoch = epoch;
            }

            return _order;
        }
    }
}
