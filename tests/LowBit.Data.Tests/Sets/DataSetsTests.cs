using LowBit.Data.Downloads;
using LowBit.Data.Sets;
using LowBit.Data.Tests.Readers;
using Xunit;

namespace LowBit.Data.Tests.Sets;

public class DataSetsTests
{
    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        DataUnavailableException failure = Assert.Throws<DataUnavailableException>(() => DataSets.Load("imagenet", Split.Test, new DataCache("/nowhere", offline: true)));
        Assert.Contains("glyphs, mnist, fashion-mnist, cifar10, cifar100", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    [InlineData("cifar10")]
    [InlineData("CIFAR-100")]
    public void Canonical_names_look_into_the_cache(string name)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DataUnavailableException>(() => DataSets.Load(name, Split.Test, new DataCache(folder.Path, offline: true)));
    }

    [Fact]
    public void Idx_pairs_must_fit_each_other()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", IdxReaderTests.Idx(3, [2, 1, 1], [5, 6]));
        string labels = folder.Write("l", IdxReaderTests.Idx(1, [2], [1, 0]));
        string three = folder.Write("l3", IdxReaderTests.Idx(1, [3], [1, 0, 0]));
        string large = folder.Write("l9", IdxReaderTests.Idx(1, [2], [1, 9]));
        ImageSet set = DataSets.FromIdx(images, labels, "mine", ["a", "b"]);
        Assert.Equal([1, 0], set.Labels.ToArray());
        Assert.Throws<DataFormatException>(() => DataSets.FromIdx(images, three, "mine", ["a", "b"]));
        Assert.Contains("label 1", Assert.Throws<DataFormatException>(() => DataSets.FromIdx(images, large, "mine", ["a", "b"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_checks_its_parts()
    {
        Assert.Throws<ArgumentException>(() => new ImageSet("x", 2, 2, 1, new byte[7], [0, 0], ["a"]));
        Assert.Throws<ArgumentException>(() => new ImageSet("x", 2, 2, 1, new byte[8], [0, 1], ["a"]));
        Assert.Throws<ArgumentException>(() => new ImageSet("x", 0, 2, 1, [], [], ["a"]));
        Assert.Equal(1, new ImageSet("x", 2, 2, 1, new byte[8], [0, 0], ["a"]).Take(1).Count);
    }
}
