using LowBit.Kernels.Devices;
using LowBit.Nn.Losses;
using LowBit.Nn.Training;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

public class MixUpTests
{
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Shares_have_the_moments_of_the_beta_distribution(double alpha)
    {
        const int Count = 20_000;
        var mixUp = new MixUp(alpha, 3);
        double[] shares = [.. Enumerable.Range(0, Count).Select(i => (double)mixUp.Share(i / 100, i % 100))];
        Assert.All(shares, share => Assert.InRange(share, 0, 1));

        // Beta(α, α): mean 1/2, variance v = 1/(4(2α+1)), fourth central moment 3v²(2α+1)/(2α+3). Within 5 standard errors; the grid of 2^-16 adds 2^-33/3.
        double variance = 1 / (4 * ((2 * alpha) + 1));
        double fourth = 3 * variance * variance * ((2 * alpha) + 1) / ((2 * alpha) + 3);
        Assert.InRange(shares.Average(), 0.5 - (5 * Math.Sqrt(variance / Count)), 0.5 + (5 * Math.Sqrt(variance / Count)));
        double error = (5 * Math.Sqrt((fourth - (variance * variance)) / Count)) + 1e-9;
        Assert.InRange(shares.Average(share => (share - 0.5) * (share - 0.5)), variance - error, variance + error);
    }

    [Fact]
    public void A_share_depends_on_seed_epoch_and_batch_alone()
    {
        MixUp a = new(0.4, 7), b = new(0.4, 7), other = new(0.4, 8);
        float late = a.Share(5, 9);
        Assert.Equal(late, b.Share(5, 9));
        Assert.NotEqual(late, a.Share(5, 8));
        Assert.NotEqual(late, a.Share(4, 9));
        Assert.NotEqual(late, other.Share(5, 9));
        Assert.Equal(0, late * 65536 % 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Images_are_mixed_with_the_batch_in_reverse_order(int count)
    {
        const int Length = 3;
        var random = new Random(2);
        float[] images = [.. Enumerable.Range(0, count * Length).Select(_ => random.NextSingle() - 0.5f)];
        float[] mixed = [.. images];
        MixUp.Mix(mixed, count, 0.25f);
        for (int i = 0; i < mixed.Length; i++)
        {
            int image = i / Length, partner = ((count - 1 - image) * Length) + (i % Length);
            float expected = image == count - 1 - image ? images[i] : (0.25f * images[i]) + (0.75f * images[partner]);
            Assert.Equal(expected, mixed[i]);
        }
    }

    [Fact]
    public void The_loss_is_that_of_both_labels_by_their_shares()
    {
        var recipe = Samples.Recipe("mixed", "null");
        recipe.Data.MixUp = 1;
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source);
        float share = new MixUp(1, recipe.Training.Seed).Share(0, 1);
        Assert.InRange(share, 0.01, 0.99);
        int length = source.Height * source.Width * source.Channels;
        var images = new float[8 * length];
        var labels = new int[8];
        source.Fill(0, 1, images, labels);
        MixUp.Mix(images, 8, share);
        int[] partners = [.. labels.Reverse()];
        double expected;
        using (TensorScope.Begin())
        {
            Tensor logits = run.Model.Forward(Tensor.FromArray(CpuDevice.Shared, images, 8, source.Height, source.Width, source.Channels));
            var loss = new CrossEntropyLoss(0.1f);
            expected = (share * (double)loss.Of(logits, labels).Item()) + ((1 - share) * (double)loss.Of(logits, partners).Item());
        }

        // Two products and a sum of floats.
        Assert.InRange(run.Trainer.Step(0, 1), expected * (1 - 3e-7), expected * (1 + 3e-7));
    }

    [Fact]
    public void An_image_counts_as_right_by_the_label_with_the_larger_share()
    {
        var source = new PatternSource(4, 4, 2);
        var buffers = new BatchBuffers(source);
        var mixUp = new MixUp(1, 5);
        int small = Enumerable.Range(0, 50).First(epoch => mixUp.Share(epoch, 0) < 0.5f);
        int large = Enumerable.Range(0, 50).First(epoch => mixUp.Share(epoch, 0) > 0.5f);
        foreach (int epoch in new[] { small, large })
        {
            using Tensor images = buffers.Load(CpuDevice.Shared, epoch, 0, mixUp);
            int[] labels = [.. buffers.Labels], partners = [.. buffers.Partners];
            Assert.Equal(labels.Reverse(), partners);
            int[] answers = epoch == small ? partners : labels;
            using Tensor logits = Tensor.FromArray(CpuDevice.Shared, [.. answers.SelectMany(a => Enumerable.Range(0, 4).Select(c => c == a ? 1f : 0f))], 4, 4);
            Assert.Equal(4, buffers.CountCorrect(logits));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void An_alpha_outside_its_range_is_refused(double alpha) => Assert.Throws<ArgumentOutOfRangeException>(() => new MixUp(alpha, 1));
}
