using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

public class TrainerTests
{
    [Theory]
    [InlineData("""{ "weightBits": 3, "activationBits": 3 }""", "sgd", 1, 0)]
    [InlineData("""{ "weightBits": 3, "activationBits": 3 }""", "sgd", 0, 3)]
    [InlineData("""{ "method": "pact", "weightBits": 4, "activationBits": 4 }""", "adamw", 2, 1)]
    [InlineData("""{ "method": "dorefa", "weightBits": 2, "activationBits": 4 }""", "adamw", 1, 4)]
    [InlineData("""{ "method": "uniform", "weightBits": 4, "activationBits": 4 }""", "sgd", 1, 2)]
    [InlineData("null", "sgd", 1, 2)]
    public void An_interrupted_run_ends_with_the_same_bits_on_any_number_of_threads(string quantization, string optimizer, int atEpoch, int atBatch)
    {
        Recipe recipe = Samples.Recipe("resume", quantization);
        recipe.Optimizer.Kind = optimizer;
        recipe.Optimizer.LearningRate = optimizer == "sgd" ? 0.05 : 0.002;
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        using var three = new WorkerPool(3);
        using TrainingRun whole = Samples.Start(new CpuDevice(one), recipe, Samples.Train());
        TrainingResult expected = whole.Run();
        Assert.False(expected.IsInterrupted);
        Assert.Equal(3, expected.Epochs);

        using var folder = new TemporaryFolder();
        Checkpoint saved = Samples.Interrupt(new CpuDevice(two), recipe, atEpoch, atBatch, folder.Path);
        using TrainingRun second = TrainingRun.Resume(new CpuDevice(three), saved, new TrainingSources(Samples.Train(), Samples.Test()), folder.Path);
        TrainingResult actual = second.Run();
        Samples.AssertSameState(whole.Model, second.Model);
        Assert.Equal(expected.FinalAccuracy, actual.FinalAccuracy);
        Assert.Equal(expected.BestAccuracy, actual.BestAccuracy);
        Assert.Equal(expected.BestEpoch, actual.BestEpoch);
        Assert.Equal([1, 2, 3], MetricsWriter.Read(folder.File("metrics.jsonl")).Select(m => m.Epoch));
        Assert.True(File.Exists(folder.File(TrainingRun.BestFile)));
    }

    [Fact]
    public void A_run_interrupted_while_evaluating_repeats_the_evaluation()
    {
        using TrainingRun whole = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train());
        TrainingResult expected = whole.Run();
        using var folder = new TemporaryFolder();
        PatternSource train = Samples.Train(), test = Samples.Test();
        using var cancel = new CancellationTokenSource();
        test.OnFill = (_, batch) =>
        {
            if (batch == 1)
            {
                cancel.Cancel();
            }
        };
        using (TrainingRun first = TrainingRun.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Facts(train), new TrainingSources(train, test), folder.Path))
        {
            Assert.True(first.Run(token: cancel.Token).IsInterrupted);
            Assert.Equal((0, train.Batches), (first.Trainer.Position.Epoch, first.Trainer.Position.Batch));
            Assert.Empty(MetricsWriter.Read(folder.File("metrics.jsonl")));
        }

        Checkpoint saved = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, saved, new TrainingSources(train, Samples.Test()), folder.Path);
        Assert.Equal(expected.FinalAccuracy, second.Run().FinalAccuracy);
        Samples.AssertSameState(whole.Model, second.Model);
        Assert.Equal(3, second.Run().Epochs);
    }

    [Fact]
    public void Metrics_tell_the_same_after_a_resume()
    {
        using var folderA = new TemporaryFolder();
        using var folderB = new TemporaryFolder();
        using TrainingRun whole = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train(), folderA.Path);
        whole.Run();
        Checkpoint saved = Samples.Interrupt(CpuDevice.Shared, Samples.Recipe(), 1, 2, folderB.Path);

        // What a crash between two files leaves: a line of an epoch that is repeated, and half a line.
        File.AppendAllText(folderB.File("metrics.jsonl"), """{"epoch":2,"step":1}""" + "\n" + """{"epoch":""");
        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, saved, new TrainingSources(Samples.Train(), Samples.Test()), folderB.Path);
        second.Run();
        IReadOnlyList<EpochMetrics> a = MetricsWriter.Read(folderA.File("metrics.jsonl")), b = MetricsWriter.Read(folderB.File("metrics.jsonl"));
        Assert.Equal(3, a.Count);
        foreach ((EpochMetrics x, EpochMetrics y) in a.Zip(b))
        {
            Assert.Equal(x with { ImagesPerSecond = 0, Seconds = 0 }, y with { ImagesPerSecond = 0, Seconds = 0 });
        }
    }

    [Fact]
    public void Training_learns_the_patterns()
    {
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe(epochs: 8), Samples.Train());
        TrainingResult result = run.Run();
        Assert.True(result.FinalAccuracy > 0.9, $"accuracy {result.FinalAccuracy}");
        Assert.True(result.ImagesPerSecond > 0);
    }

    [Fact]
    public void Progress_reports_each_epoch()
    {
        var reports = new Reports();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train());
        run.Run(reports);
        List<TrainingProgress> finished = reports.All.FindAll(r => r.Finished is not null);
        Assert.Equal([1, 2, 3], finished.Select(r => r.Epoch));
        Assert.All(finished, r => Assert.Equal((5, 5, 3), (r.Batch, r.Batches, r.Epochs)));
        Assert.Equal(TimeSpan.Zero, finished[^1].Remaining);
        Assert.NotNull(finished[^1].Finished!.TestAccuracy);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("diverging", "null");
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path);
        LowBit.Tensors.Tensor weight = run.Model.Parameters()[0].Tensor;
        float[] values = weight.ToArray();
        values[0] = float.NaN;
        weight.CopyFrom(values);
        TrainingException e = Assert.Throws<TrainingException>(() => run.Run());
        Assert.Contains("epoch 1, batch 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("optimizer.learningRate", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File(TrainingRun.LastFile)));
    }

    [Fact]
    public void Batch_norm_can_be_frozen_for_the_last_epochs()
    {
        Recipe recipe = Samples.Recipe(epochs: 2);
        recipe.Training.FreezeNormsFrom = 1;
        float[]? mean = null;
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source);
        LowBit.Tensors.Tensor running = run.Model.Buffers().First(b => b.Name == "bn1.running_mean").Tensor;
        source.OnFill = (epoch, batch) => mean = (epoch, batch) == (1, 0) ? running.ToArray() : mean;
        run.Run();
        Assert.Equal(mean, running.ToArray());
        Assert.Contains(mean!, m => m != 0);
    }

    [Fact]
    public void Sources_that_do_not_fit_are_refused()
    {
        PatternSource train = Samples.Train();
        var small = new PatternSource(8, 4, size: 6, channels: 2);
        Assert.Throws<ArgumentException>(() => TrainingRun.Start(
            CpuDevice.Shared, Samples.Recipe(), Samples.Facts(train), new TrainingSources(train, small), null));
        DataFacts facts = Samples.Facts(train);
        facts.Classes = 7;
        using TrainingRun run = TrainingRun.Start(CpuDevice.Shared, Samples.Recipe(), facts, new TrainingSources(train, null), null);
        Assert.Contains("logits", Assert.Throws<ArgumentException>(() => run.Trainer.Step(0, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => run.Trainer.Resume(new Checkpoint(Checkpoint.Capture(run.Model))));
    }

    [Fact]
    public void An_evaluation_leaves_the_model_as_it_was()
    {
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train());
        run.Trainer.Step(0, 0);
        IReadOnlyDictionary<string, CheckpointTensor> before = Checkpoint.Capture(run.Model);
        EvaluationResult result = Evaluator.Run(run.Model, Samples.Test());
        Assert.Equal(12, result.Images);
        Assert.True(run.Model.Training);
        foreach ((string name, CheckpointTensor tensor) in Checkpoint.Capture(run.Model))
        {
            Assert.Equal(before[name].Data, tensor.Data);
        }
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value) => All.Add(value);
    }
}
