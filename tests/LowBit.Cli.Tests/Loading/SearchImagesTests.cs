using LowBit.Cli.Loading;
using LowBit.Data.Downloads;
using LowBit.Data.Sets;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using Xunit;

namespace LowBit.Cli.Tests.Loading;

public class SearchImagesTests
{
    // Candidates were once judged on images without augmentation, whose batch statistics are not those of training: at 3 bits the loss came out nearly twice as high.
    [Fact]
    public void Candidates_see_images_as_training_does()
    {
        ImageSet train = DataSets.Load("glyphs", Split.Train, new DataCache()), test = DataSets.Load("glyphs", Split.Test, new DataCache());
        var recipe = new Recipe { Name = "x", Data = new DataSection { Set = "glyphs", Batch = 64, Pad = 3, Flip = true } };
        using var images = new SearchImages(train, test, recipe, null);
        IBatchSource training = images.ForTraining(recipe).Train, candidates = images.ForCandidates(recipe, 64), half = images.ForCandidates(recipe, 32);
        Assert.Equal((64, 32), (candidates.BatchSize, half.BatchSize));
        var expected = new float[64 * training.Height * training.Width * training.Channels];
        var actual = new float[expected.Length];
        int[] labels = new int[64], seen = new int[64];
        foreach ((int epoch, int batch) in new[] { (0, 0), (0, 1), (1, 0) })
        {
            Assert.Equal(64, training.Fill(epoch, batch, expected, labels));
            Assert.Equal(64, candidates.Fill(epoch, batch, actual, seen));
            Assert.Equal(labels, seen);
            Assert.Equal(expected, actual);
        }

        using var plain = new SearchImages(train, test, recipe with { Data = recipe.Data with { Pad = 0, Flip = false } }, null);
        plain.ForCandidates(recipe with { Data = recipe.Data with { Pad = 0, Flip = false } }, 64).Fill(1, 0, actual, seen);
        Assert.NotEqual(expected, actual);
    }
}
