using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Layers;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Simulation;
using LowBit.Nn.Tests.Lowering;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Models;

/// <summary>Bits of single layers: every model builds them, trains with them, and its integers have them.</summary>
public class LayerBitsTests
{
    private const int Size = 16;

    public static TheoryData<string> Kinds => [.. PreparedModels.Kinds];

    [Theory]
    [InlineData("""{ "kind": "mlp", "hidden": [16, 12, 9] }""")]
    [InlineData("""{ "kind": "lenet5", "width": 4 }""")]
    [InlineData("""{ "kind": "vgg7", "width": 4 }""")]
    [InlineData("""{ "kind": "resnet", "depth": 8, "width": 4 }""")]
    [InlineData("""{ "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" }""")]
    [InlineData("""{ "kind": "mobilenetv2", "multiplier": 0.1 }""")]
    public void A_model_of_mixed_bits_trains_and_its_integers_agree(string model)
    {
        Recipe recipe = RecipeReader.Parse(
            $$"""{ "name": "mixed", "data": { "batch": 8 }, "model": {{model}}, "quantization": {}, "training": { "epochs": 1 } }""", "t", "optimizer.learningRate=0.01");
        var train = new PatternSource(count: 24, batchSize: 8, size: Size, channels: 2);
        DataFacts facts = Samples.Facts(train);
        using (Module plain = ModelFactory.Build(CpuDevice.Shared, recipe, facts))
        {
            recipe.Quantization!.Layers = MixedBits.Of(plain);
        }

        recipe = RecipeReader.Parse(recipe.ToJson(), "again");
        using TrainingRun run = TrainingRun.Start(CpuDevice.Shared, recipe, facts, new TrainingSources(train, null), null);
        run.Run();
        run.Model.Evaluate();
        LoweringResult lowering = ModelLowering.Lower(run.Model, new LoweringOptions { Height = Size, Width = Size, Channels = 2, ClassNames = ["a", "b", "c", "d"] });
        foreach (LayerBits layer in recipe.Quantization!.Layers)
        {
            var node = (ConvolutionNode)lowering.Model.Nodes.Single(n => n.Name == layer.Layer);

            // A negative factor of a batch norm may need one bit more for the flipped codes only with a full grid, and the grid is narrow.
            Assert.Equal(layer.WeightBits, node.Weights.Bits);
            Assert.Equal(layer.ActivationBits ?? lowering.Model.Edges[node.Input].Bits, lowering.Model.Edges[node.Input].Bits);
        }

        var images = new byte[6 * Size * Size * 2];
        new Random(4).NextBytes(images);
        using var verifier = new Verifier(lowering, new SessionOptions { Threads = 2, Batch = 4 });
        verifier.Compare(images);
        Assert.All(verifier.Report().Nodes, node => Assert.True(node.Mismatches == 0 && node.Compared > 0, node.ToString()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_layer_has_the_bits_it_was_given_and_the_rest_those_of_the_policy(string kind)
    {
        LayerBits[] mixed = MixedBits.Of(kind);
        using PreparedModels prepared = PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 4) with { Layers = mixed });
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayers.Of(prepared.Model);
        Assert.Equal(mixed.Select(m => (m.Layer, m.WeightBits)), layers.Select(l => (l.Path, (int?)l.Weights.Bits)));
        foreach ((LayerBits given, QuantizedLayer layer) in mixed.Zip(layers))
        {
            Assert.True(given.ActivationBits is null || given.ActivationBits == layer.Input!.Bits, given.Layer);
        }

        // Naming one layer leaves the others as they were.
        LayerBits one = mixed[^2];
        using PreparedModels single = PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 4) with { Layers = [one with { ActivationBits = null }] });
        using PreparedModels none = PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 4) with { ResidualBits = 8 });
        foreach ((QuantizedLayer a, QuantizedLayer b) in QuantizedLayers.Of(single.Model).Zip(QuantizedLayers.Of(none.Model)))
        {
            Assert.Equal((a.Path == one.Layer ? one.WeightBits!.Value : b.Weights.Bits, b.Input?.Bits), (a.Weights.Bits, a.Input?.Bits));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Weights_of_8_bits_beside_odd_codes_have_the_narrow_grid(string kind)
    {
        QuantizationPolicy policy = QuantizationPolicy.Uniform(2, 2) with { Method = "dorefa", Grid = WeightGrid.Odd };
        policy.Validate();
        Dictionary<string, QuantizedLayer> layers;
        using (PreparedModels uniform = PreparedModels.Create(kind, policy))
        {
            layers = QuantizedLayers.Of(uniform.Model).ToDictionary(layer => layer.Path);
        }

        string inner = layers.Keys.ElementAt(1);
        Assert.Equal([CodeRange.NarrowSigned(8), .. Enumerable.Repeat(CodeRange.OddSigned(2), layers.Count - 2), CodeRange.NarrowSigned(8)], layers.Values.Select(l => l.Weights.Range));

        // A layer that is named with 8 bits, likewise; with 7 bits it has odd codes.
        foreach ((int bits, CodeRange range) in new[] { (8, CodeRange.NarrowSigned(8)), (7, CodeRange.OddSigned(7)) })
        {
            QuantizationPolicy named = policy with { Layers = [new LayerBits(inner, bits)] };
            named.Validate();
            using PreparedModels prepared = PreparedModels.Create(kind, named);
            Assert.Equal(range, QuantizedLayers.Of(prepared.Model)[1].Weights.Range);
        }
    }

    [Fact]
    public void A_shortcut_keeps_its_own_quantizer_whatever_the_bits()
    {
        QuantizationPolicy policy = QuantizationPolicy.Uniform(4, 4) with { Layers = [new LayerBits("layer1.1.conv1", null, 8)] };
        using PreparedModels named = PreparedModels.Create("resnet20a", policy);
        Assert.All(Inside<BasicBlock>(named), b => Assert.Equal(8, b.ResidualQuant!.Quantizer.Bits));
        Assert.Equal(8, Inside<BasicBlock>(named).ElementAt(1).InputQuant!.Quantizer.Bits);
        using PreparedModels mobile = PreparedModels.Create("mobilenetv2", policy with { Layers = [new LayerBits("features.3.conv.0.0", null, 8)] });
        Assert.All(Inside<InvertedResidual>(mobile), b => Assert.Equal(b.Options.HasShortcut, b.ResidualQuant is not null));

        // Without named layers equal bits share.
        using PreparedModels plain = PreparedModels.Create("resnet20a", policy with { Layers = [], ActivationBits = 8 });
        Assert.All(Inside<BasicBlock>(plain), b => Assert.Null(b.ResidualQuant));
    }

    [Fact]
    public void A_projection_reads_the_first_convolution_s_edge()
    {
        foreach (string layer in new[] { "layer2.0.conv1", "layer2.0.downsample.0" })
        {
            using PreparedModels one = PreparedModels.Create("resnet20b", QuantizationPolicy.Uniform(4, 4) with { Layers = [new LayerBits(layer, null, 3)] });
            Assert.Equal(3, Inside<BasicBlock>(one).ElementAt(3).InputQuant!.Quantizer.Bits);
        }

        LayerBits first = new("layer2.0.conv1", null, 3), shortcut = new("layer2.0.downsample.0", 2, 3);
        using PreparedModels same = PreparedModels.Create("resnet20b", QuantizationPolicy.Uniform(4, 4) with { Layers = [first, shortcut] });
        Assert.Equal(2, ((Conv2d)Inside<BasicBlock>(same).ElementAt(3).Downsample!.Children[0].Module).Quantizer!.Bits);
        Refused("resnet20b", "layer2.0.conv1 3 and layer2.0.downsample.0 5 activationBits, but both read the same edge", first, shortcut with { ActivationBits = 5 });
    }

    [Fact]
    public void Wrong_layers_are_named()
    {
        Refused("resnet20a", "'layer1.0.conv3', which is no layer of the model, did you mean 'layer1.0.conv1'?", new LayerBits("layer1.0.conv3", 4));
        Refused("resnet20a", "'layer2.0.downsample.0', which is no layer", new LayerBits("layer2.0.downsample.0", 4));
        Refused("mobilenetv2", "did you mean 'features.18.0'?", new LayerBits("features.18", 4));
        Refused("lenet5", "conv1 8 activationBits, but it reads the image", new LayerBits("conv1", 4, 8));
        Refused("lenet5", "layers[1] names 'conv2' a second time", new LayerBits("conv2", 4), new LayerBits("conv2", null, 4));
        Refused("lenet5", "layers[0].weightBits ('conv2') is 0; a code has 1 to 8 bits", new LayerBits("conv2", 0));
        Refused("lenet5", "layers[0].activationBits ('conv2') is 9", new LayerBits("conv2", 3, 9));
        Refused("lenet5", "layers[0] gives 'conv2' no bits", new LayerBits("conv2"));
        Refused("lenet5", "layers[0] names no layer", new LayerBits("", 4));
        Refused("mobilenetv2", "features.2.conv.0.0 1 activationBits, but the edge that it reads is signed", new LayerBits("features.2.conv.0.0", null, 1));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => (new QuantizationPolicy { Method = "apot", FirstLayerWeightBits = 6, LastLayerWeightBits = 6, Layers = [new LayerBits("conv2", 7)] }).Validate());
        Assert.Contains("quantization.layers ('conv2') or its method does not fit: sums of powers of two have 2 to 6 bits, got 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mixed_bits_are_told_with_their_ranges()
    {
        QuantizationPolicy policy = QuantizationPolicy.Uniform(4, 5) with { Layers = [new LayerBits("a", 2, 3), new LayerBits("b", 6), new LayerBits("c", null, 8)] };
        Assert.Equal("mixed w2-6a3-8 (3 named layers, else w4a5), first layer w8a8, last layer w8a8 (unless named), residual 8", policy.Bits());
        Assert.StartsWith("lsq mixed w2-6a3-8 (3 named layers, else w4a5) per channel", policy.ToString(), StringComparison.Ordinal);
        Assert.Equal("mixed w6a5 (1 named layers, else w4a5)", (policy with { Layers = [new LayerBits("b", 6)] }).Inner());
        Assert.Equal("w4a5, first layer w8a8, last layer w8a8, residual 8", (policy with { Layers = [] }).Bits());
    }

    [Fact]
    public void A_run_with_stages_ends_with_the_named_bits_and_records_them()
    {
        Recipe recipe = Samples.Recipe("named", """
            {
              "weightBits": 4, "activationBits": 3,
              "layers": [
                { "layer": "conv1", "weightBits": 5 }, { "layer": "layer2.0.conv1", "weightBits": 2, "activationBits": 6 }, { "layer": "linear", "weightBits": 6, "activationBits": 7 }
              ],
              "progressive": [{ "epoch": 0, "bits": 8 }, { "epoch": 1, "bits": 4 }, { "epoch": 2, "bits": 2 }]
            }
            """);
        using var folder = new TemporaryFolder();
        PatternSource train = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, train, folder.Path);
        var bits = new List<string>();
        train.OnFill = (_, batch) =>
        {
            if (batch == 0)
            {
                bits.Add(string.Join(' ', QuantizedLayers.Of(run.Model).Where(l => recipe.Quantization!.Layers.Any(n => n.Layer == l.Path)).Select(l => $"w{l.Weights.Bits}a{l.Input?.Bits ?? 8}")));
            }
        };
        run.Run();
        Assert.Equal(["w8a8 w8a8 w8a8", "w5a8 w4a6 w6a7", "w5a8 w2a6 w6a7"], bits);
        RunRecord record = RunRecord.Read(folder.Path)!;
        Assert.Equal(("w5a8", "w6a7"), (record.FirstLayer, record.LastLayer));
        Assert.Contains("mixed w2-6a6-7 (3 named layers, else w4a3)", record.Quantization, StringComparison.Ordinal);
        Assert.StartsWith("mixed w4-6a6-7 (3 named layers, else w4a4)", MetricsWriter.Read(folder.File("metrics.jsonl"))[1].Bits, StringComparison.Ordinal);
        using Module finished = CheckpointFile.Read(folder.File(TrainingRun.LastFile)).BuildModel(CpuDevice.Shared);
        Assert.Equal(run.Model.Quantizers().Select(q => (q.Path, q.Quantizer.Bits)), finished.Quantizers().Select(q => (q.Path, q.Quantizer.Bits)));
    }

    private static IEnumerable<T> Inside<T>(PreparedModels prepared) => prepared.Model.Modules().Select(m => m.Module).OfType<T>();

    private static void Refused(string kind, string part, params LayerBits[] layers)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 4) with { Layers = layers }));
        Assert.Contains("quantization.layers", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
