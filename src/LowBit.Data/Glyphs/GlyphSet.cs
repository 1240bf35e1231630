using LowBit.Data.Sets;

namespace LowBit.Data.Glyphs;

/// <summary>
/// The built-in data set: ten stroke-drawn symbols, gray, 28×28, each under a random affine map, with random thickness and
/// contrast, clutter strokes, a sloping background and noise. Nothing is downloaded; image i of a split depends on
/// (seed, split, i) only, to the bit, on every machine.
/// </summary>
public static class GlyphSet
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 28;

    /// <summary>The set's name.</summary>
    public const string Name = "glyphs";

    /// <summary>Draws one split.</summary>
    /// <param name="split">Training or test images.</param>
    /// <param name="options">Seed and counts, or null for the defaults.</param>
    /// <exception cref="ArgumentException">A count is below 1 or above a million.</exception>
    public static ImageSet Make(Split split, GlyphOptions? options = null)
    {
        options ??= new GlyphOptions();
        int count = split == Split.Train ? options.TrainCount : options.TestCount;
        if (count is < 1 or > 1_000_000)
        {
            throw new ArgumentException($"{count} Glyphs images are asked for; 1 to 1000000 are possible", nameof(options));
        }

        var pixels = new byte[count * Side * Side];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            var random = new CounterRandom(options.Seed, split == Split.Train ? 0x3000_0000UL : 0x4000_0000UL, (ulong)i);
            labels[i] = random.NextBelow(GlyphShapes.Names.Count);
            GlyphPainter.Paint(labels[i], ref random, pixels.AsSpan(i * Side * Side, Side * Side));
        }

        return new ImageSet(Name, Side, Side, 1, pixels, labels, GlyphShapes.Names);
    }
}
