using LowBit.Data.Augmentation;
using LowBit.Data.Sets;
using Xunit;

namespace LowBit.Data.Tests.Augmentation;

public class NormalizationTests
{
    [Fact]
    public void Mean_and_deviation_of_every_channel()
    {
        var set = new ImageSet("mine", 1, 2, 3, [0, 51, 255, 255, 51, 255], [0], ["a"]);
        Normalization measured = Normalization.For(set);
        Assert.Equal([0.5f, 0.2f, 1f], measured.Mean);
        // A constant channel keeps deviation 1.
        Assert.Equal([0.5f, 1f, 1f], measured.Std);
    }
}
