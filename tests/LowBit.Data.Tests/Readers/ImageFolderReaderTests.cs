using LowBit.Data.Images;
using LowBit.Data.Readers;
using LowBit.Data.Sets;
using Xunit;

namespace LowBit.Data.Tests.Readers;

public class ImageFolderReaderTests
{
    [Fact]
    public void Classes_and_files_are_taken_in_ordinal_order()
    {
        using var folder = new TemporaryFolder();
        folder.Write("dog/b.png", Png(4, 4, 200));
        folder.Write("dog/a.png", Png(4, 4, 100));
        folder.Write("cat/z.pgm", [.. "P5 4 4 255\n"u8, .. new byte[16]]);
        folder.Write("cat/notes.txt", [1, 2, 3]);
        ImageSet set = ImageFolderReader.Read(folder.Path, "mine");
        Assert.Equal(["cat", "dog"], set.ClassNames);
        Assert.Equal([0, 1, 1], set.Labels.ToArray());
        Assert.Equal(100, set.Image(1)[0]);
        Assert.Equal(200, set.Image(2)[0]);
    }

    [Fact]
    public void Another_size_is_refused_or_resampled()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.png", Png(4, 4, 50));
        folder.Write("a/2.png", Png(8, 6, 50));
        Assert.EndsWith(
            "is 6x8, the set has 4x4; bring all pictures to one size first, with any picture program",
            Assert.Throws<DataFormatException>(() => ImageFolderReader.Read(folder.Path, "mine")).Message,
            StringComparison.Ordinal);
        ImageSet set = ImageFolderReader.Read(folder.Path, "mine", new ImageSize(5, 5, 3, Resize: true));
        Assert.Equal(2 * 75, set.Pixels.Length);
        // A constant picture stays constant under any resampling.
        Assert.All(set.Pixels.ToArray(), p => Assert.Equal(50, p));
    }

    [Fact]
    public void An_empty_folder_says_what_was_expected()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("one folder per class", Assert.Throws<DirectoryNotFoundException>(() => ImageFolderReader.Read(folder.Path + "/none", "x")).Message, StringComparison.Ordinal);
        Assert.Contains("class folders", Assert.Throws<DataFormatException>(() => ImageFolderReader.Read(folder.Path, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_and_test_folders_are_the_splits()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train/a/1.png", Png(4, 4, 1));
        folder.Write("train/b/1.png", Png(4, 4, 2));
        folder.Write("test/a/1.png", Png(4, 4, 3));
        folder.Write("test/b/1.png", Png(4, 4, 4));
        var cache = new LowBit.Data.Downloads.DataCache(folder.Path, offline: true);
        Assert.Equal(1, DataSets.Load("folder:" + folder.Path, Split.Train, cache).Image(0)[0]);
        Assert.Equal(4, DataSets.Load("folder:" + folder.Path, Split.Test, cache).Image(1)[0]);
        folder.Write("test/c/1.png", Png(4, 4, 4));
        Assert.Throws<DataFormatException>(() => DataSets.Load("folder:" + folder.Path, Split.Test, cache));
    }

    [Fact]
    public void Test_folders_are_resampled_as_training_folders_are()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train/a/1.png", Png(4, 4, 1));
        folder.Write("test/a/1.png", Png(8, 6, 3));
        var cache = new LowBit.Data.Downloads.DataCache(folder.Path, offline: true);
        ImageSet test = DataSets.Load("folder:" + folder.Path, Split.Test, cache, new ImageSize(5, 5, 1, Resize: true));
        Assert.Equal((5, 5), (test.Height, test.Width));
        Assert.All(test.Pixels.ToArray(), p => Assert.Equal(3, p));
        Assert.Throws<DataFormatException>(() => DataSets.Load("folder:" + folder.Path, Split.Test, cache));
    }

    [Fact]
    public void One_picture_in_ten_is_for_the_test_without_split_folders()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 20; i++)
        {
            folder.Write($"a/{i:D2}.png", Png(2, 2, (byte)i));
        }

        var cache = new LowBit.Data.Downloads.DataCache(folder.Path, offline: true);
        Assert.Equal(18, DataSets.Load("folder:" + folder.Path, Split.Train, cache).Count);
        ImageSet test = DataSets.Load("folder:" + folder.Path, Split.Test, cache);
        Assert.Equal([9, 19], [test.Image(0)[0], test.Image(1)[0]]);
    }

    private static byte[] Png(int height, int width, byte value)
    {
        var pixels = new byte[height * width];
        pixels.AsSpan().Fill(value);
        return PngWriter.Encode(new RasterImage(height, width, 1, pixels));
    }
}
