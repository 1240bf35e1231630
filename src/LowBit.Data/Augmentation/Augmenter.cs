namespace LowBit.Data.Augmentation;

/// <summary>
/// Changes images at random. What happens to a sample depends on (seed, epoch, sample index) only, so the thread count, the
/// batch size and a resumed run change nothing.
/// </summary>
public sealed class Augmenter
{
    private readonly AugmentationOptions _options;
    private readonly ulong _seed;

    /// <summary>Fixes what is done and the seed.</summary>
    /// <param name="options">What is done.</param>
    /// <param name="seed">The user's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The padding is outside 0..64 or the brightness outside 0..255.</exception>
    public Augmenter(AugmentationOptions options, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.PadCrop is < 0 or > 64)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.PadCrop, "the padding before the crop must lie in 0..64 pixels");
        }

        if (options.Brightness is < 0 or > 255)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Brightness, "the brightness change must lie in 0..255");
        }

        _options = options;
        _seed = seed;
    }

    /// <summary>Writes one changed image.</summary>
    /// <param name="image">[height, width, channels].</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">Bytes per pixel.</param>
    /// <param name="epoch">0-based epoch.</param>
    /// <param name="sample">The image's index in its set.</param>
    /// <param name="changed">Receives [height, width, channels]; may not overlap <paramref name="image"/>.</param>
    public void Apply(ReadOnlySpan<byte> image, int width, int channels, int epoch, int sample, Span<byte> changed)
    {
        if (_options.IsNone)
        {
            image.CopyTo(changed);
            return;
        }

        var random = new CounterRandom(_seed, 0x1000_0000UL + (ulong)epoch, (ulong)sample);
        int pad = _options.PadCrop;
        int dy = random.NextBelow((2 * pad) + 1) - pad;
        int dx = random.NextBelow((2 * pad) + 1) - pad;
        bool flip = (random.NextBits() & 1) != 0 && _options.Flip;
        int brighter = random.NextBelow((2 * _options.Brightness) + 1) - _options.Brightness;
        int height = image.Length / (width * channels);
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = changed.Slice(y * width * channels, width * channels);
            int fromY = y + dy;
            if ((uint)fromY >= (uint)height)
            {
                row.Clear();
                continue;
            }

            ReadOnlySpan<byte> source = image.Slice(fromY * width * channels, width * channels);
            for (int x = 0; x < width; x++)
            {
                int fromX = (flip ? width - 1 - x : x) + dx;
                Span<byte> pixel = row.Slice(x * channels, channels);
                if ((uint)fromX < (uint)width)
                {
                    source.Slice(fromX * channels, channels).CopyTo(pixel);
                }
                else
                {
                    pixel.Clear();
                }
            }
        }

        if (brighter != 0)
        {
            foreach (ref byte p in changed[..image.Length])
            {
                p = (byte)Math.Clamp(p + brighter, 0, 255);
            }
        }
    }
}
