using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Simulation;
using LowBit.Runtime.Sessions;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.PostTraining;

public class PostTrainingQuantizerTests
{
    private static readonly AdaRoundOptions s_short = new() { Iterations = 60, Batch = 64, Positions = 512 };

    public static TheoryData<string, string> Methods
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string method in PostTrainingOptions.Methods)
            {
                data.Add("resnet20a", method);
            }

            data.Add("mlp", "mse");
            data.Add("lenet5", "percentile");
            data.Add("vgg7", "kl");
            data.Add("resnet20b", "aciq-gauss");
            data.Add("mobilenetv2", "mse");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_result_is_an_ordinary_model_whose_integers_equal_its_simulation(string kind, string method)
    {
        using var twins = new Twins(kind, QuantizationPolicy.Uniform(4, 4));
        PostTrainingReport report = twins.Run(new PostTrainingOptions { WeightMethod = method, ActivationMethod = method });
        Assert.Equal(ModelStructure.Of(twins.Reference).Sites.Select(site => site.Path), report.Layers.Select(layer => layer.Path));
        AssertExact(twins);
        foreach (LayerReport layer in report.Layers)
        {
            // KL looks at how often values occur, not at their error, and clips more than the others.
            Assert.InRange(layer.WeightError, 1e-8, layer.WeightBits == 8 ? 0.005 : method == "kl" ? 0.25 : 0.12);
        }
    }

    [Theory]
    [InlineData("mlp", 1, true)]
    [InlineData("lenet5", 3, true)]
    [InlineData("resnet20a", 2, true)]
    [InlineData("resnet20b", 3, false)]
    public void Everything_at_once_stays_exact(string kind, int bits, bool perChannel)
    {
        using var twins = new Twins(kind, QuantizationPolicy.Uniform(bits, 4) with { PerChannel = perChannel }, rough: true);
        PostTrainingReport report = twins.Run(new PostTrainingOptions
        {
            Fold = true,
            Equalize = true,
            CorrectBias = true,
            ReestimateNorms = true,
            AdaRound = s_short,
        });
        Assert.True(report.FoldedChannels > 0 && report.EqualizedPairs > 0);
        Assert.All(report.Layers, layer => Assert.True(layer.RoundedLoss <= layer.NearestLoss, $"{layer}"));
        Assert.True(report.Layers.Sum(layer => layer.CodesMoved) > 0);
        AssertExact(twins);
    }

    [Fact]
    public void Corrected_weights_keep_their_codes_and_stay_exact()
    {
        using var twins = new Twins("resnet20a", QuantizationPolicy.Uniform(2, 4));
        twins.Run(new PostTrainingOptions());
        (sbyte[] codes, float[] steps) = Export(twins.Quantized, "layer2.1.conv1");
        twins.Run(new PostTrainingOptions { CorrectWeights = true });
        (sbyte[] corrected, float[] others) = Export(twins.Quantized, "layer2.1.conv1");
        Assert.Equal(codes, corrected);
        Assert.NotEqual(steps, others);
        AssertExact(twins);
    }

    [Theory]
    [InlineData("mlp", false)]
    [InlineData("resnet20b", false)]
    [InlineData("resnet20a", true)]
    public void Bias_correction_restores_the_mean_of_every_output_channel(string kind, bool reestimate)
    {
        using var twins = new Twins(kind, QuantizationPolicy.Uniform(2, 3));
        PostTrainingReport report = twins.Run(new PostTrainingOptions { CorrectBias = true, ReestimateNorms = reestimate });
        foreach (LayerSite site in ModelStructure.Of(twins.Quantized).Sites)
        {
            double[] wanted = Twins.Means(twins.Reference, site.Path, twins.Images()), means = Twins.Means(twins.Quantized, site.Path, twins.Images());
            float[] constant = (site.Norm?.Beta ?? site.Bias!).ToArray();
            for (int c = 0; c < wanted.Length; c++)
            {
                // The sums are exact in doubles; the constant is rounded once to float32 when it is stored.
                Assert.Equal(wanted[c], means[c], Bounds.Unit * (Math.Abs(constant[c]) + 1));
            }
        }

        Assert.True(report.Layers.Max(layer => layer.LargestShift) > 0.05, "nothing had to be corrected");
    }

    [Fact]
    public void AdaRound_brings_the_logits_nearer_than_rounding_to_nearest()
    {
        using var nearest = new Twins("resnet20a", QuantizationPolicy.Uniform(3, 8));
        using var learned = new Twins("resnet20a", QuantizationPolicy.Uniform(3, 8));
        nearest.Run(new PostTrainingOptions());
        learned.Run(new PostTrainingOptions { AdaRound = s_short with { Iterations = 300 } });
        float[] wanted = Twins.Logits(nearest.Reference, nearest.Images());
        double before = Twins.Distance(wanted, Twins.Logits(nearest.Quantized, nearest.Images()));
        double after = Twins.Distance(wanted, Twins.Logits(learned.Quantized, learned.Images()));
        Assert.True(after < 0.8 * before, $"{after} instead of {before}");
    }

    [Fact]
    public void Eight_bits_change_the_logits_little_and_few_bits_much()
    {
        double Error(int bits)
        {
            using var twins = new Twins("lenet5", QuantizationPolicy.Uniform(bits, bits));
            twins.Run(new PostTrainingOptions());
            float[] wanted = Twins.Logits(twins.Reference, twins.Images());
            return Twins.Distance(wanted, Twins.Logits(twins.Quantized, twins.Images())) / Twins.Distance(wanted, new float[wanted.Length]);
        }

        Assert.InRange(Error(8), 0, 0.03);
        Assert.InRange(Error(2), 0.1, 2);
    }

    [Fact]
    public void Wrong_settings_are_named()
    {
        using var twins = new Twins("mlp", QuantizationPolicy.Uniform(4, 4));
        Assert.Contains("16 images or more, got 5", Fails(twins, new PostTrainingOptions(), 5), StringComparison.Ordinal);
        Assert.Contains("did you mean 'minmax'", Fails(twins, new PostTrainingOptions { WeightMethod = "minmx" }), StringComparison.Ordinal);
        Assert.Contains("activations", Fails(twins, new PostTrainingOptions { ActivationMethod = "lsq" }), StringComparison.Ordinal);
        Assert.Contains("percentile", Fails(twins, new PostTrainingOptions { Percentile = 0 }), StringComparison.Ordinal);
        Assert.Contains("AdaRound", Fails(twins, new PostTrainingOptions { CorrectWeights = true, AdaRound = s_short }), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => QuantizationPolicy.Uniform(9, 4).Validate());
        Assert.Throws<ArgumentException>(() => QuantizationPolicy.Uniform(4, 0).Validate());
    }

    [Fact]
    public void Models_that_do_not_fit_are_refused()
    {
        using var twins = new Twins("mlp", QuantizationPolicy.Uniform(4, 4));
        using var other = new Twins("lenet5", QuantizationPolicy.Uniform(4, 4));
        using var uniform = new Twins("mlp", QuantizationPolicy.Uniform(4, 4) with { Method = "uniform" });
        var options = new PostTrainingOptions();
        Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Run(other.Reference, twins.Quantized, twins.Images(), options));
        Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Run(twins.Quantized, twins.Quantized, twins.Images(), options));
        Assert.Throws<ArgumentException>(() => PostTrainingQuantizer.Run(twins.Reference, twins.Reference, twins.Images(), options));
        Assert.Contains("only lsq", Assert.Throws<ArgumentException>(() => uniform.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_stops()
    {
        using var twins = new Twins("mlp", QuantizationPolicy.Uniform(4, 4));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => PostTrainingQuantizer.Run(
            twins.Reference, twins.Quantized, twins.Images(), new PostTrainingOptions { AdaRound = s_short }, _ => stop.Cancel(), stop.Token));
    }

    private static string Fails(Twins twins, PostTrainingOptions options, int images = 48)
        => Assert.ThrowsAny<ArgumentException>(() => twins.Run(options, images)).Message;

    /// <summary>Weights are step·code, and the engine's integers are those of the simulation.</summary>
    private static void AssertExact(Twins twins)
    {
        foreach (LayerSite site in ModelStructure.Of(twins.Quantized).Sites)
        {
            (sbyte[] codes, float[] steps) = site.Quantizer!.Export(site.Weight);
            int shared = codes.Length / steps.Length;
            Assert.Equal(codes.Select((q, i) => steps[i / shared] * q), site.Weight.ToArray());
        }

        LoweringResult lowering = twins.Prepared.Lower();
        using var verifier = new Verifier(lowering, new SessionOptions { Threads = 1, Batch = 3 });
        verifier.Compare(twins.Prepared.Images(6, 11));
        Assert.Equal(0, verifier.Report().Mismatches);
    }

    private static (sbyte[] Codes, float[] Steps) Export(Module model, string path)
    {
        LayerSite site = ModelStructure.Of(model).Sites.Single(s => s.Path == path);
        return site.Quantizer!.Export(site.Weight);
    }
}
