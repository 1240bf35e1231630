using LowBit.Data.Images;
using Xunit;

namespace LowBit.Data.Tests.Images;

public class RasterImageTests
{
    [Fact]
    public void Gray_repeats_and_colour_is_weighed()
    {
        Assert.Equal(new byte[] { 9, 9, 9 }, new RasterImage(1, 1, 1, [9]).WithChannels(3).Pixels);
        // (299*100 + 587*200 + 114*50 + 500) / 1000 = 153.5, cut to 153
        Assert.Equal(new byte[] { 153 }, new RasterImage(1, 1, 3, [100, 200, 50]).WithChannels(1).Pixels);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RasterImage(1, 1, 1, [9]).WithChannels(2));
    }

    [Fact]
    public void Halving_is_symmetric_and_keeps_the_mean()
    {
        // Triangle filter of reach 2 at centre 0.5: weights 0.75, 0.75, 0.25 (the fourth falls outside) over 0, 100, 0.
        RasterImage small = new RasterImage(1, 4, 1, [0, 100, 100, 0]).Resized(1, 2);
        Assert.Equal(small.Pixels[0], small.Pixels[1]);
        Assert.Equal((byte)Math.Round(((0.75 * 100) + (0.25 * 100)) / 1.75), small.Pixels[0]);
    }
}
