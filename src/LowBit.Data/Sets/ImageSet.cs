namespace LowBit.Data.Sets;

/// <summary>
/// Labelled images of one size in memory: pixels as bytes [count, height, width, channels] (NHWC), one label per image.
/// Immutable and safe to read from several threads.
/// </summary>
public sealed class ImageSet
{
    /// <summary>The largest number of pixel bytes of one set; more does not fit one array.</summary>
    public const int MaximumBytes = 2_000_000_000;

    private readonly byte[] _pixels;
    private readonly int[] _labels;

    /// <summary>Takes over pixels and labels without copying; the caller does not write to them again.</summary>
    /// <param name="name">The set's name, for example "cifar10".</param>
    /// <param name="height">Rows of an image, at least 1.</param>
    /// <param name="width">Columns of an image, at least 1.</param>
    /// <param name="channels">1 (gray) or 3 (red, green, blue).</param>
    /// <param name="pixels">[count, height, width, channels].</param>
    /// <param name="labels">[count], each in 0..classNames.Count-1.</param>
    /// <param name="classNames">One name per class, at least one.</param>
    /// <exception cref="ArgumentException">A size is below 1, the array lengths differ, or a label names no class.</exception>
    public ImageSet(string name, int height, int width, int channels, byte[] pixels, int[] labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (height < 1 || width < 1 || channels < 1)
        {
            throw new ArgumentException($"image size {height}x{width}x{channels} of set {name} has a side below 1", nameof(height));
        }

        if ((long)labels.Length * height * width * channels != pixels.Length)
        {
            throw new ArgumentException(
                $"set {name}: {labels.Length} labels of {height}x{width}x{channels} images need {(long)labels.Length * height * width * channels} bytes, got {pixels.Length}",
                nameof(pixels));
        }

        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classNames.Count)
            {
                throw new ArgumentException($"set {name}: label {labels[i]} of image {i} is outside 0..{classNames.Count - 1}", nameof(labels));
            }
        }

        Name = name;
        Height = height;
        Width = width;
        Channels = channels;
        ClassNames = classNames;
        _pixels = pixels;
        _labels = labels;
    }

    /// <summary>The set's name, for messages and reports.</summary>
    public string Name { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>Bytes per pixel: 1 gray, 3 red, green, blue.</summary>
    public int Channels { get; }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>One name per class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Bytes of one image: height · width · channels.</summary>
    public int ImageLength => Height * Width * Channels;

    /// <summary>All pixels, [count, height, width, channels].</summary>
    public ReadOnlyMemory<byte> Pixels => _pixels;

    /// <summary>All labels, [count].</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The pixels of one image, [height, width, channels].</summary>
    /// <param name="index">0..Count-1.</param>
    public ReadOnlySpan<byte> Image(int index) => _pixels.AsSpan(checked(index * ImageLength), ImageLength);

    /// <summary>A copy of the first images of this set, or the set itself when it holds no more than that.</summary>
    /// <param name="count">How many images to keep, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public ImageSet Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return count >= Count
            ? this
            : new ImageSet(Name, Height, Width, Channels, _pixels.AsSpan(0, count * ImageLength).ToArray(), _labels.AsSpan(0, count).ToArray(), ClassNames);
    }
}
