using LowBit.Data.Augmentation;
using LowBit.Data.Batches;
using LowBit.Data.Sets;
using Xunit;

namespace LowBit.Data.Tests.Batches;

public class BatchSourceTests
{
    [Fact]
    public void An_epoch_holds_every_image_once()
    {
        BatchSource source = Source(shuffle: true, batch: 4);
        var seen = new List<int>();
        for (int b = 0; b < source.Batches; b++)
        {
            (_, int[] labels) = Take(source, 3, b);
            seen.AddRange(labels);
        }

        seen.Sort();
        Assert.Equal(Enumerable.Range(0, 10), seen);
    }

    [Fact]
    public void Orders_differ_between_epochs_and_come_back()
    {
        BatchSource source = Source(shuffle: true, batch: 10);
        int[] first = Take(source, 0, 0).Labels;
        int[] second = Take(source, 1, 0).Labels;
        Assert.NotEqual(first, second);
        Assert.Equal(first, Take(source, 0, 0).Labels);
    }

    [Fact]
    public void Pixels_are_normalised_per_channel()
    {
        (float[] images, _) = Take(Source(shuffle: false, batch: 1), 0, 2);
        // (p / 255 - mean) / std in float, p = 2: the image's number.
        Assert.Equal([((2 / 255f) - 0.1f) / 0.5f, ((2 / 255f) - 0.2f) / 0.25f, ((2 / 255f) - 0.3f) / 2f], images[..3]);
    }

    [Fact]
    public void The_last_batch_is_smaller_or_dropped()
    {
        BatchSource all = Source(shuffle: false, batch: 4);
        Assert.Equal((3, 2), (all.Batches, all.SizeOf(2)));
        Assert.Equal(2, Source(shuffle: false, batch: 4, drop: true).Batches);
    }

    [Fact]
    public void Prefetched_batches_are_the_sources_batches()
    {
        BatchSource source = Source(shuffle: true, batch: 4);
        using var prefetching = new PrefetchingSource(source);
        // In turn over three epochs, then out of turn.
        (int, int)[] asked = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (0, 1), (2, 2), (3, 0)];
        foreach ((int epoch, int batch) in asked)
        {
            (float[] images, int[] labels) = Take(source, epoch, batch);
            var gotImages = new float[images.Length];
            var gotLabels = new int[labels.Length];
            Assert.Equal(labels.Length, prefetching.Fill(epoch, batch, gotImages, gotLabels));
            Assert.Equal(images, gotImages);
            Assert.Equal(labels, gotLabels);
        }

        Assert.Equal(7, prefetching.Hits);
    }

    [Fact]
    public async Task A_prefetcher_goes_on_after_a_failed_call()
    {
        BatchSource source = Source(shuffle: true, batch: 4);
        using var prefetching = new PrefetchingSource(source);
        (float[] images, int[] labels) = Take(source, 0, 1);
        var gotImages = new float[images.Length];
        var gotLabels = new int[labels.Length];
        await Task.Run(() =>
        {
            prefetching.Fill(0, 0, gotImages, gotLabels);

            // The batch on its way has no room; then a batch that does not exist, while another is on its way.
            Assert.Throws<ArgumentException>(() => prefetching.Fill(0, 1, new float[5], new int[4]));
            prefetching.Fill(0, 0, gotImages, gotLabels);
            Assert.Throws<ArgumentOutOfRangeException>(() => prefetching.Fill(0, 3, gotImages, gotLabels));
            prefetching.Fill(0, 1, gotImages, gotLabels);
        }).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(images, gotImages);
        Assert.Equal(labels, gotLabels);
    }

    [Fact]
    public void A_disposed_prefetcher_refuses()
    {
        var prefetching = new PrefetchingSource(Source(shuffle: true, batch: 4));
        prefetching.Dispose();
        prefetching.Dispose();
        Assert.Throws<ObjectDisposedException>(() => prefetching.Fill(0, 0, new float[1000], new int[10]));
    }

    [Fact]
    public void A_batch_beyond_one_array_is_refused()
    {
        BatchSource source = Source(shuffle: false, batch: 1 << 29);
        Assert.Contains("6442450944 numbers", Assert.Throws<ArgumentException>(() => new PrefetchingSource(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused_with_their_values()
    {
        BatchSource source = Source(shuffle: true, batch: 4);
        Assert.Contains("room for 5", Assert.Throws<ArgumentException>(() => source.Fill(0, 0, new float[5], new int[4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Fill(0, 3, new float[500], new int[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Fill(-1, 0, new float[500], new int[4]));
        Assert.Throws<ArgumentException>(() => Source(shuffle: true, batch: 0));
        Assert.Throws<ArgumentException>(() => Source(shuffle: true, batch: 11, drop: true));
    }

    private static BatchSource Source(bool shuffle, int batch, bool drop = false)
    {
        var pixels = new byte[10 * 12];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i / 12);
        }

        var set = new ImageSet("mine", 2, 2, 3, pixels, [.. Enumerable.Range(0, 10)], [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        return new BatchSource(set, new BatchOptions(batch, shuffle, AugmentationOptions.None, new Normalization([0.1f, 0.2f, 0.3f], [0.5f, 0.25f, 2f]), 9, drop));
    }

    private static (float[] Images, int[] Labels) Take(BatchSource source, int epoch, int batch)
    {
        var images = new float[source.SizeOf(batch) * source.Set.ImageLength];
        var labels = new int[source.SizeOf(batch)];
        source.Fill(epoch, batch, images, labels);
        return (images, labels);
    }
}
