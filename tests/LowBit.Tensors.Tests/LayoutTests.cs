using LowBit.TestKit;
using Xunit;

namespace LowBit.Tensors.Tests;

/// <summary>The transpositions that every comparison with PyTorch relies on.</summary>
public class LayoutTests
{
    [Fact]
    public void Channels_last_is_what_it_says()
    {
        // [1, 2, 2, 3] in NCHW: channel 0 is 0..5, channel 1 is 6..11.
        int[] nchw = [.. Enumerable.Range(0, 12)];
        Assert.Equal([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11], Layouts.ToChannelsLast<int>(nchw, 1, 2, 2, 3));
    }

    [Theory]
    [InlineData(2, 3, 4, 5)]
    [InlineData(1, 1, 7, 1)]
    [InlineData(3, 8, 1, 1)]
    public void There_and_back_is_the_identity(int n, int c, int h, int w)
    {
        int[] data = [.. Enumerable.Range(0, n * c * h * w)];
        Assert.Equal(data, Layouts.ToChannelsFirst<int>(Layouts.ToChannelsLast<int>(data, n, c, h, w), n, h, w, c));
    }
}
