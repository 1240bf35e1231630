using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>However training goes wrong: one sentence that says where, and the files of the last good epoch.</summary>
public class DivergenceTests
{
    [Theory]
    [InlineData("""{ "weightBits": 3, "activationBits": 3 }""", "layer1.0.conv1.weight_quantizer.step")]
    [InlineData("""{ "method": "lsq+", "weightBits": 3, "activationBits": 3 }""", ".offset")]
    [InlineData("""{ "method": "ewgs", "weightBits": 3, "activationBits": 3 }""", ".lower")]
    [InlineData("""{ "method": "uniform", "weightBits": 4, "activationBits": 4 }""", "layer1.0.conv1.weight")]
    [InlineData("""{ "method": "pact-sawb", "weightBits": 4, "activationBits": 4 }""", "layer1.0.conv1.weight")]
    [InlineData("""{ "method": "pact", "weightBits": 1, "activationBits": 4 }""", "layer1.0.conv1.weight")]
    [InlineData("""{ "method": "dorefa", "weightBits": 1, "activationBits": 4 }""", "layer1.0.conv1.weight")]
    public void A_number_that_a_quantizer_cannot_use_stops_the_run(string quantization, string parameter)
    {
        using var folder = new TemporaryFolder();
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe("ruined", quantization), source, folder.Path);
        byte[] last = [];
        source.OnFill = (epoch, batch) =>
        {
            if ((epoch, batch) == (1, 2))
            {
                last = File.ReadAllBytes(folder.File(TrainingRun.LastFile));
                Ruin(run.Model.Parameters().First(p => p.Name.EndsWith(parameter, StringComparison.Ordinal)).Tensor);
            }
        };
        TrainingException e = Assert.Throws<TrainingException>(() => run.Run());
        Assert.Contains("epoch 2, batch 3 (step 8", e.Message, StringComparison.Ordinal);
        Assert.Contains("quantizer", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<ArithmeticException>(e.InnerException);
        Assert.Equal(last, File.ReadAllBytes(folder.File(TrainingRun.LastFile)));
    }

    [Theory]
    [InlineData(1e30, true, "the test loss became")]
    [InlineData(1e39, true, "the test loss became")]
    [InlineData(1e39, false, "holds")]
    public void A_last_step_that_ruins_the_model_leaves_the_files_as_they_were(double rate, bool isTested, string part)
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("ruined", "null");
        recipe.Schedule.WarmUp = 0;
        var source = new PatternSource(count: 8, batchSize: 8, size: 8, channels: 2);
        using var cancel = new CancellationTokenSource();
        source.OnFill = (_, _) => cancel.Cancel();
        using (TrainingRun first = Samples.Start(CpuDevice.Shared, recipe, source, folder.Path))
        {
            Assert.True(first.Run(token: cancel.Token).IsInterrupted);
        }

        // The one step of the first epoch was a good one; what follows is far too fast.
        Checkpoint saved = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
        Assert.Equal((0, 1), (saved.Position!.Epoch, saved.Position.Batch));
        var fast = new Checkpoint(saved.Tensors)
        {
            Recipe = recipe with { Optimizer = recipe.Optimizer with { LearningRate = rate } },
            Data = saved.Data,
            Position = saved.Position,
            OptimiserSteps = saved.OptimiserSteps,
        };
        Dictionary<string, byte[]> before = [];
        source.OnFill = (_, _) => before = Files(folder);
        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, fast, new TrainingSources(source, isTested ? Samples.Test() : null), folder.Path);
        TrainingException e = Assert.Throws<TrainingException>(() => second.Run());
        Assert.Contains("epoch 2, batch 1 (step 2", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Contains("optimizer.learningRate", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Files(folder));
        Assert.Equal(1, CheckpointFile.Read(folder.File(TrainingRun.LastFile)).Position!.Epoch);
        Assert.Equal([1], MetricsWriter.Read(folder.File("metrics.jsonl")).Select(line => line.Epoch));
    }

    [Fact]
    public void An_interruption_does_not_save_a_ruined_model()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("ruined", "null");
        (recipe.Schedule.WarmUp, recipe.Optimizer.LearningRate) = (0, 1e39);
        PatternSource source = Samples.Train();
        using var cancel = new CancellationTokenSource();
        source.OnFill = (_, _) => cancel.Cancel();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source, folder.Path);
        Assert.Contains("epoch 1, batch 1 (step 1", Assert.Throws<TrainingException>(() => run.Run(token: cancel.Token)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File(TrainingRun.LastFile)));
    }

    private static void Ruin(Tensor tensor)
    {
        float[] values = tensor.ToArray();
        values[0] = float.NaN;
        tensor.CopyFrom(values);
    }

    private static Dictionary<string, byte[]> Files(TemporaryFolder folder)
        => Directory.GetFiles(folder.Path).ToDictionary(path => Path.GetFileName(path)!, File.ReadAllBytes);
}
