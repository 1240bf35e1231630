using LowBit.Data.Glyphs;
using LowBit.Data.Sets;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Data.Tests.Glyphs;

public class GlyphSetTests(ITestOutputHelper output)
{
    [Fact]
    public void An_image_depends_on_seed_split_and_index_only()
    {
        ImageSet few = GlyphSet.Make(Split.Train, new GlyphOptions(7, 5, 5));
        ImageSet many = GlyphSet.Make(Split.Train, new GlyphOptions(7, 50, 5));
        Assert.Equal(few.Pixels.ToArray(), many.Pixels[..few.Pixels.Length].ToArray());
        ImageSet other = GlyphSet.Make(Split.Test, new GlyphOptions(7, 5, 5));
        Assert.NotEqual(few.Pixels.ToArray(), other.Pixels.ToArray());
        Assert.NotEqual(few.Pixels.ToArray(), GlyphSet.Make(Split.Train, new GlyphOptions(8, 5, 5)).Pixels.ToArray());
    }

    [Fact]
    public void Every_class_is_about_as_frequent_as_any_other()
    {
        ImageSet set = GlyphSet.Make(Split.Train);
        var counts = new int[10];
        foreach (int label in set.Labels)
        {
            counts[label]++;
        }

        // Binomial(12000, 0.1): mean 1200, standard deviation 33; five deviations either way.
        Assert.All(counts, count => Assert.InRange(count, 1035, 1365));
    }

    [Fact]
    public void A_linear_classifier_stays_below_ninety_percent()
    {
        double accuracy = LinearClassifier.TrainAndTest(GlyphSet.Make(Split.Train), GlyphSet.Make(Split.Test), epochs: 12);
        output.WriteLine($"linear classifier on Glyphs: {accuracy:P2}");
        // Above chance, or the classifier under test would be broken rather than the set hard.
        Assert.InRange(accuracy, 0.3, 0.9);
    }

    [Fact]
    public void Sine_and_cosine_agree_with_the_library()
    {
        for (int i = -100; i <= 100; i++)
        {
            (double sin, double cos) = Turns.SinCos(i / 37.0);
            Assert.Equal(Math.Sin(i / 37.0 * 2 * Math.PI), sin, 9);
            Assert.Equal(Math.Cos(i / 37.0 * 2 * Math.PI), cos, 9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_001)]
    public void Absurd_counts_are_refused(int count)
        => Assert.Throws<ArgumentException>(() => GlyphSet.Make(Split.Train, new GlyphOptions(1, count, 1)));
}
