using LowBit.Data.Augmentation;
using Xunit;

namespace LowBit.Data.Tests.Augmentation;

public class AugmenterTests
{
    [Fact]
    public void Without_options_the_image_is_copied()
    {
        byte[] image = Ramp(5, 4, 3);
        var changed = new byte[60];
        new Augmenter(AugmentationOptions.None, 1).Apply(image, 4, 3, 0, 0, changed);
        Assert.Equal(image, changed);
    }

    [Fact]
    public void A_change_depends_on_seed_epoch_and_sample_only()
    {
        byte[] first = Change(new AugmentationOptions(4, true, 10), 5, 2, 77);
        Assert.Equal(first, Change(new AugmentationOptions(4, true, 10), 5, 2, 77));
        int different = 0;
        for (int i = 0; i < 20; i++)
        {
            different += first.AsSpan().SequenceEqual(Change(new AugmentationOptions(4, true, 10), 5, 2, 100 + i)) ? 0 : 1;
            different += first.AsSpan().SequenceEqual(Change(new AugmentationOptions(4, true, 10), 5, 10 + i, 77)) ? 0 : 1;
            different += first.AsSpan().SequenceEqual(Change(new AugmentationOptions(4, true, 10), 6 + (ulong)i, 2, 77)) ? 0 : 1;
        }

        Assert.InRange(different, 55, 60);
    }

    [Fact]
    public void Every_result_is_a_shifted_and_perhaps_mirrored_copy_and_every_shift_occurs()
    {
        const int Side = 8;
        byte[] image = Ramp(Side, Side, 1);
        var seen = new HashSet<(int, int, bool)>();
        for (int sample = 0; sample < 600; sample++)
        {
            var changed = new byte[Side * Side];
            new Augmenter(new AugmentationOptions(2, true), 3).Apply(image, Side, 1, 0, sample, changed);
            (int, int, bool)? found = Explain(image, changed, Side);
            Assert.NotNull(found);
            seen.Add(found.Value);
        }

        // 5 x 5 shifts, mirrored or not.
        Assert.Equal(50, seen.Count);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(65, 0)]
    [InlineData(0, 256)]
    public void Absurd_options_are_refused(int pad, int brightness)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new Augmenter(new AugmentationOptions(pad, false, brightness), 1));

    private static (int, int, bool)? Explain(byte[] image, byte[] changed, int side)
    {
        for (int shiftY = -2; shiftY <= 2; shiftY++)
        {
            for (int shiftX = -2; shiftX <= 2; shiftX++)
            {
                foreach (bool mirrored in new[] { false, true })
                {
                    if (changed.AsSpan().SequenceEqual(Shifted(image, side, (shiftY, shiftX, mirrored))))
                    {
                        return (shiftY, shiftX, mirrored);
                    }
                }
            }
        }

        return null;
    }

    private static byte[] Shifted(byte[] image, int side, (int Y, int X, bool Mirrored) how)
    {
        var shifted = new byte[image.Length];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                int fromX = (how.Mirrored ? side - 1 - x : x) + how.X;
                int fromY = y + how.Y;
                shifted[(y * side) + x] = fromX >= 0 && fromX < side && fromY >= 0 && fromY < side ? image[(fromY * side) + fromX] : (byte)0;
            }
        }

        return shifted;
    }

    private static byte[] Change(AugmentationOptions options, ulong seed, int epoch, int sample)
    {
        var changed = new byte[16 * 16 * 3];
        new Augmenter(options, seed).Apply(Ramp(16, 16, 3), 16, 3, epoch, sample, changed);
        return changed;
    }

    private static byte[] Ramp(int height, int width, int channels)
    {
        var image = new byte[height * width * channels];
        for (int i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(1 + (i % 251));
        }

        return image;
    }
}
