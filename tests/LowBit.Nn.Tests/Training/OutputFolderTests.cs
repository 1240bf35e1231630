using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.TensorBoard;
using LowBit.Nn.Tests.TensorBoard;
using LowBit.Nn.Training;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>What an output folder holds after a crash, a second start, and a stop in front of the first batch.</summary>
public class OutputFolderTests
{
    private const string Metrics = "metrics.jsonl";

    // In the epoch, and behind its last step, where only evaluation and files are left.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_crash_between_two_files_costs_no_line(int stopAt)
    {
        using var whole = new TemporaryFolder();
        using var parts = new TemporaryFolder();
        Recipe recipe = Samples.Recipe();
        recipe.Training.TensorBoard = true;
        using TrainingRun expected = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), whole.Path);
        TrainingResult result = expected.Run();
        Samples.Interrupt(CpuDevice.Shared, recipe, 0, stopAt, parts.Path);

        // The best checkpoint of the first epoch cannot be written.
        Directory.CreateDirectory(parts.File(TrainingRun.BestFile));
        using (TrainingRun crashed = Resume(parts))
        {
            Assert.ThrowsAny<SystemException>(() => crashed.Run());
        }

        Directory.Delete(parts.File(TrainingRun.BestFile));
        using TrainingRun actual = Resume(parts);
        Assert.Equal(result.BestEpoch, actual.Run().BestEpoch);
        IReadOnlyList<EpochMetrics> lines = MetricsWriter.Read(parts.File(Metrics));
        Assert.Equal(MetricsWriter.Read(whole.File(Metrics)).Select(Timeless), lines.Select(Timeless));
        Assert.Equal([1, 2, 3], lines.Select(line => line.Epoch));
        Assert.Equal([0, 5, 10, 15], EventReader.Read(parts.File(EventWriter.FileName)).Select(e => e.Step));
        foreach (string name in (string[])[TrainingRun.LastFile, TrainingRun.BestFile])
        {
            Checkpoint a = CheckpointFile.Read(whole.File(name)), b = CheckpointFile.Read(parts.File(name));
            Assert.Equal(a.Position! with { Seconds = 0 }, b.Position! with { Seconds = 0 });
            Assert.All(a.Tensors, tensor => Assert.Equal(tensor.Value.Data, b.Tensors[tensor.Key].Data));
        }

        Assert.Equal(result.BestEpoch, CheckpointFile.Read(parts.File(TrainingRun.BestFile)).Position!.Epoch);
    }

    [Fact]
    public void A_start_in_an_old_folder_removes_the_old_run_first()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe();
        recipe.Training.TensorBoard = true;
        using (TrainingRun old = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path))
        {
            old.Run();
            Assert.True(File.Exists(folder.File(TrainingRun.BestFile)));

            // Called again, a finished run leaves everything where it is.
            old.Run();
            Assert.Equal(3, File.ReadAllLines(folder.File(Metrics)).Length);
            Assert.True(File.Exists(folder.File(TrainingRun.BestFile)));
        }

        recipe.Training.TensorBoard = false;
        PatternSource source = Samples.Train();
        string[] there = [];
        source.OnFill = (epoch, batch) => there = (epoch, batch) == (0, 0) ? [.. Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)!).Order()] : there;
        using TrainingRun anew = Samples.Start(CpuDevice.Shared, recipe, source, folder.Path);
        using var cancel = new CancellationTokenSource();
        anew.Run(new Watch(report => Cancel(report, cancel)), cancel.Token);
        Assert.Equal([Metrics, "recipe.json", RunRecord.FileName], there);
        Assert.Equal([1], MetricsWriter.Read(folder.File(Metrics)).Select(line => line.Epoch));
        Assert.Equal(1, CheckpointFile.Read(folder.File(TrainingRun.LastFile)).Position!.Epoch);
    }

    [Fact]
    public void A_resumed_run_removes_nothing_not_even_at_its_start()
    {
        using var folder = new TemporaryFolder();
        Stop(Samples.Recipe(), folder.Path);
        File.WriteAllText(folder.File(TrainingRun.BestFile), "kept");
        using TrainingRun resumed = Resume(folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        resumed.Run(token: cancelled.Token);
        Assert.Equal(0, CheckpointFile.Read(folder.File(TrainingRun.LastFile)).Position!.Epoch);
        Assert.Equal("kept", File.ReadAllText(folder.File(TrainingRun.BestFile)));
        Assert.Equal([(0, 0), (0, 0)], RunRecord.Read(folder.Path)!.Sessions.Select(session => (session.FromEpoch, session.FromBatch)));
        Assert.Equal(3, resumed.Run().Epochs);
    }

    [Theory]
    [InlineData("""{ "weightBits": 3, "activationBits": 3 }""")]
    [InlineData("""{ "method": "uniform", "weightBits": 4, "activationBits": 4 }""")]
    [InlineData("""{ "weightBits": 2, "activationBits": 3, "progressive": [{ "epoch": 0, "bits": 8 }, { "epoch": 1, "bits": 2 }] }""")]
    public void A_model_without_steps_is_not_evaluated(string quantization)
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("early", quantization);
        if (recipe.Quantization!.Progressive.Length == 0)
        {
            Stop(recipe, folder.Path);
        }
        else
        {
            // Right behind the border of two stages.
            using var cancel = new CancellationTokenSource();
            using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path);
            Assert.True(run.Run(new Watch(report => Cancel(report, cancel)), cancel.Token).IsInterrupted);
            Assert.Equal((1, 0, 1), (run.Trainer.Position.Epoch, run.Trainer.Position.Batch, run.Trainer.Position.Stage));
        }

        Checkpoint saved = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
        using Module model = saved.BuildModel(CpuDevice.Shared);
        ArgumentException e = Assert.Throws<ArgumentException>(() => Evaluator.Run(model, Samples.Test()));
        Assert.Contains("has no step yet", e.Message, StringComparison.Ordinal);
        Assert.Contains(model.Quantizers(), entry => !entry.Quantizer.IsInitialized);
        var section = new DistillationSection { Teacher = folder.File(TrainingRun.LastFile) };
        e = Assert.Throws<ArgumentException>(() => Teacher.Read(CpuDevice.Shared, section, saved.Data!, null));
        Assert.Contains("distillation.teacher", e.Message, StringComparison.Ordinal);

        // Quantizers that are off need no steps.
        foreach ((_, Quantization.Quantizer quantizer) in model.Quantizers())
        {
            quantizer.Enabled = false;
        }

        Assert.Equal(12, Evaluator.Run(model, Samples.Test()).Images);
    }

    private static void Cancel(TrainingProgress report, CancellationTokenSource cancel)
    {
        if (report.Finished is not null)
        {
            cancel.Cancel();
        }
    }

    private static EpochMetrics Timeless(EpochMetrics line) => line with { ImagesPerSecond = 0, Seconds = 0 };

    private static TrainingRun Resume(TemporaryFolder folder)
        => TrainingRun.Resume(CpuDevice.Shared, CheckpointFile.Read(folder.File(TrainingRun.LastFile)), new TrainingSources(Samples.Train(), Samples.Test()), folder.Path);

    /// <summary>Stops in front of the first batch.</summary>
    private static void Stop(Recipe recipe, string folder)
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder);
        Assert.True(run.Run(token: cancelled.Token).IsInterrupted);
        Assert.Equal((0, 0), (run.Trainer.Position.Epoch, run.Trainer.Position.Batch));
    }

    private sealed class Watch(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
