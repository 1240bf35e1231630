using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Checkpoints;

/// <summary>A run that starts from a quantized model: weights always, a quantizer's state where it means the same.</summary>
public class InitialStateTests
{
    private const string W4 = """{ "weightBits": 4, "activationBits": 4 }""";
    private const string Widths = """{ "weightBits": 4, "activationBits": 4, "widths": [2, 3, 4] }""";

    [Fact]
    public void Quantizers_of_other_bits_begin_anew()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun four = Train(folder, W4);
        using TrainingRun two = StartFrom(folder, """{ "weightBits": 2, "activationBits": 2 }""");
        string[] changed = [.. two.Model.Quantizers().Where(q => q.Quantizer.Bits == 2).Select(q => q.Path)];
        Assert.True(changed.Length > 5);
        AssertAnew(four, two, changed);
        Assert.All(two.Initial!.Anew, anew => Assert.Equal("4 bit there, 2 bit here", anew.Why));
        Assert.Empty(two.NotInitialized);
        two.Trainer.Step(0, 0);
        Assert.All(two.Model.Quantizers(), q => Assert.True(q.Quantizer.IsInitialized, q.Path));
    }

    [Theory]
    [InlineData("""{ "method": "dorefa", "weightBits": 4, "activationBits": 4 }""", W4)]
    [InlineData(W4, """{ "method": "ewgs", "weightBits": 4, "activationBits": 4 }""")]
    [InlineData(W4, """{ "method": "dsq", "weightBits": 4, "activationBits": 4 }""")]
    [InlineData(W4, """{ "method": "qil", "weightBits": 4, "activationBits": 4 }""")]
    [InlineData(W4, """{ "method": "lsq+", "weightBits": 4, "activationBits": 4 }""")]
    [InlineData("""{ "method": "weightnorm", "weightBits": 4, "activationBits": 4 }""", """{ "method": "pact", "weightBits": 4, "activationBits": 4 }""")]
    public void Quantizers_of_another_method_begin_anew(string before, string after)
    {
        using var folder = new TemporaryFolder();
        using TrainingRun first = Train(folder, before);
        using TrainingRun second = StartFrom(folder, after);

        // The stream's quantizers are LSQ's where they are signed, whatever the method; steps that a method fixes begin nothing.
        string method = first.Recipe.Quantization!.Method;
        Dictionary<string, string> kinds = first.Model.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer.Kind);
        string[] changed = [.. second.Model.Quantizers().Where(q => kinds[q.Path] != q.Quantizer.Kind && !q.Quantizer.Source.IsFixed).Select(q => q.Path)];
        Assert.Contains("layer1.0.quant_inner.quantizer", changed);
        AssertAnew(first, second, changed);
        Assert.All(second.Initial!.Anew, anew => Assert.StartsWith(method + " there", anew.Why, StringComparison.Ordinal));
        second.Trainer.Step(0, 0);
        Assert.All(second.Model.Quantizers(), q => Assert.True(q.Quantizer.IsInitialized, q.Path));
    }

    [Fact]
    public void Steps_that_a_method_fixes_stay_fixed()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun lsq = Train(folder, W4);
        using TrainingRun dorefa = StartFrom(folder, """{ "method": "dorefa", "weightBits": 4, "activationBits": 4 }""");
        Assert.All(dorefa.Model.Quantizers().Where(q => q.Quantizer.Source.IsFixed), q => Assert.True(q.Quantizer.IsInitialized, q.Path));
        Assert.DoesNotContain("layer1.0.conv1.weight_quantizer", dorefa.Initial!.Anew.Select(anew => anew.Path));
    }

    [Theory]
    [InlineData(W4, """{ "weightBits": 4, "activationBits": 4, "perChannel": false }""", "steps there, 1 here")]
    [InlineData(W4, """{ "weightBits": 4, "activationBits": 4, "grid": "Full" }""", "codes")]
    [InlineData(W4, Widths, "4 bit there, 2, 3, 4 bit here")]
    [InlineData(Widths, W4, "2, 3, 4 bit there, 4 bit here")]
    [InlineData(Widths, """{ "weightBits": 4, "activationBits": 4, "widths": [2, 3, 4], "clipping": "Function" }""", "LearnedStep there, CurvedStep here")]
    [InlineData(Widths, """{ "weightBits": 4, "activationBits": 4, "widths": [2, 3, 4], "clipping": "Shared" }""", "LearnedStep there, CurvedStep here")]
    public void Quantizers_of_another_form_begin_anew(string before, string after, string why)
    {
        using var folder = new TemporaryFolder();
        using TrainingRun first = Train(folder, before);
        using TrainingRun second = StartFrom(folder, after);
        (string path, string reason) = second.Initial!.Anew.Single(anew => anew.Path == "layer1.0.conv1.weight_quantizer");
        Assert.Contains(why, reason, StringComparison.Ordinal);
        AssertAnew(first, second, [.. second.Initial.Anew.Select(anew => anew.Path)]);
        second.Trainer.Step(0, 0);
        Assert.All(second.Model.Quantizers(), q => Assert.True(q.Quantizer.IsInitialized, q.Path));
    }

    [Theory]
    [InlineData(W4, """{ "weightBits": 4, "activationBits": 4, "weightInit": "mse", "activationInit": "percentile" }""")]
    [InlineData(Widths, """{ "weightBits": 2, "activationBits": 3, "widths": [2, 3, 4] }""")]
    [InlineData(Widths, """{ "weightBits": 3, "activationBits": 4, "widths": [2, 3, 4], "widthJitter": 0.5, "layers": [{ "layer": "layer2.0.conv2", "weightBits": 2, "activationBits": 4 }] }""")]
    [InlineData("""{ "method": "ewgs", "weightBits": 4, "activationBits": 4 }""", """{ "method": "ewgs", "weightBits": 4, "activationBits": 4, "ewgsDelta": 0.01 }""")]
    [InlineData("""{ "method": "lsq+", "weightBits": 4, "activationBits": 4 }""", """{ "method": "lsq+", "weightBits": 4, "activationBits": 4 }""")]
    public void Quantizers_of_the_same_form_go_on(string before, string after)
    {
        using var folder = new TemporaryFolder();
        using TrainingRun first = Train(folder, before);
        using TrainingRun second = StartFrom(folder, after);
        Assert.Empty(second.Initial!.Anew);
        Assert.Empty(second.Initial.Missing);
        Samples.AssertSameState(first.Model, second.Model);
    }

    [Fact]
    public void The_stage_of_the_checkpoint_decides()
    {
        // Interrupted at 4 bits on the way to 2.
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("stages", """{ "weightBits": 2, "activationBits": 2, "progressive": [{ "epoch": 0, "bits": 4 }, { "epoch": 2, "bits": 2 }] }""");
        PatternSource source = Samples.Train();
        using var cancel = new CancellationTokenSource();
        source.OnFill = (epoch, _) =>
        {
            if (epoch == 1)
            {
                cancel.Cancel();
            }
        };
        using TrainingRun stage = Samples.Start(CpuDevice.Shared, recipe, source, folder.Path);
        Assert.True(stage.Run(token: cancel.Token).IsInterrupted);
        using TrainingRun two = StartFrom(folder, """{ "weightBits": 2, "activationBits": 2 }""");
        Assert.Contains(("layer1.0.conv1.weight_quantizer", "4 bit there, 2 bit here"), two.Initial!.Anew);
        using TrainingRun four = StartFrom(folder, W4);
        Assert.Empty(four.Initial!.Anew);
        Samples.AssertSameState(stage.Model, four.Model);
    }

    [Fact]
    public void A_quantizer_that_the_checkpoint_lacks_is_told()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun shared = Train(folder, """{ "weightBits": 4, "activationBits": 4, "residualBits": 4 }""");
        using TrainingRun own = StartFrom(folder, W4);
        Assert.Contains(own.Initial!.Anew, anew => anew.Why == "not there");
    }

    [Fact]
    public void Without_a_recipe_all_names_and_shapes_must_be_there()
    {
        PatternSource train = Samples.Train();
        using TrainingRun trained = Samples.Start(CpuDevice.Shared, Samples.Recipe(quantization: W4), train);
        trained.Trainer.Step(0, 0);
        var bare = new Checkpoint(Checkpoint.Capture(trained.Model));
        using Module same = Build(W4), ewgs = Build("""{ "method": "ewgs", "weightBits": 4, "activationBits": 4 }"""), perLayer = Build("""{ "weightBits": 4, "activationBits": 4, "perChannel": false }""");
        Assert.Empty(bare.InitializeModel(same).Anew);
        Samples.AssertSameState(trained.Model, same);
        foreach (Module other in (Module[])[ewgs, perLayer])
        {
            InitialState state = bare.InitializeModel(other);
            Assert.Empty(state.Missing);
            Assert.Contains(("layer1.0.conv1.weight_quantizer", "not all of its state is there"), state.Anew);
            Assert.All(other.Quantizers(), q => Assert.Equal(state.Anew.All(anew => anew.Path != q.Path), q.Quantizer.IsInitialized));
        }

        // A float model's tensors start quantizers too, and there is nothing to tell.
        using Module floating = Build("null"), quantized = Build(W4);
        Assert.Empty(new Checkpoint(Checkpoint.Capture(floating)).InitializeModel(quantized).Anew);
    }

    private static Module Build(string quantization) => ModelFactory.Build(CpuDevice.Shared, Samples.Recipe(quantization: quantization), Samples.Facts(Samples.Train()));

    private static TrainingRun Train(TemporaryFolder folder, string quantization)
    {
        TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe("before", quantization, 1), Samples.Train(), folder.Path);
        run.Run();
        return run;
    }

    private static TrainingRun StartFrom(TemporaryFolder folder, string quantization)
    {
        Recipe recipe = Samples.Recipe("after", quantization, 1);
        recipe.Training.Init = folder.File(TrainingRun.LastFile);
        return Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
    }

    // All tensors but those of the named quantizers are taken over, and these wait for their first batch.
    private static void AssertAnew(TrainingRun before, TrainingRun after, string[] anew)
    {
        Assert.Equal(anew, after.Initial!.Anew.Select(entry => entry.Path));
        IReadOnlyDictionary<string, CheckpointTensor> expected = Checkpoint.Capture(before.Model);
        foreach ((string path, Quantizer quantizer) in after.Model.Quantizers())
        {
            Assert.Equal(!anew.Contains(path), quantizer.IsInitialized);
        }

        var own = after.Model.Quantizers().SelectMany(q => q.Quantizer.SaveState().Select(s => $"model/{q.Path}.{s.Name}")).ToHashSet();
        var changed = after.Model.Quantizers().Where(q => anew.Contains(q.Path)).SelectMany(q => q.Quantizer.SaveState().Select(s => $"model/{q.Path}.{s.Name}")).ToHashSet();
        int weights = 0;
        foreach ((string name, CheckpointTensor tensor) in Checkpoint.Capture(after.Model))
        {
            if (!changed.Contains(name) && expected.TryGetValue(name, out CheckpointTensor? old))
            {
                Assert.Equal(old.Data, tensor.Data);
                weights += own.Contains(name) ? 0 : 1;
            }
        }

        Assert.Equal(Checkpoint.Capture(after.Model).Keys.Count(name => !own.Contains(name)), weights);
    }
}
