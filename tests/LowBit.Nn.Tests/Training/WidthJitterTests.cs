using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>Runs with quantizers of several widths, whose bits move from step to step or stay.</summary>
public class WidthJitterTests
{
    private const string Table = """{ "weightBits": 4, "activationBits": 3, "widths": [2, 3, 4, 5, 8], "widthJitter": 0.6 }""";
    private const string Function = """{ "method": "weightnorm", "weightBits": 3, "activationBits": 3, "widths": [2, 3, 4], "clipping": "Function", "widthJitter": 0.4 }""";
    private const string Still = """{ "weightBits": 3, "activationBits": 3, "widths": [2, 3, 4] }""";

    [Theory]
    [InlineData(Table, "sgd", 1, 0)]
    [InlineData(Table, "adamw", 0, 3)]
    [InlineData(Function, "sgd", 1, 2)]
    [InlineData(Function, "adamw", 1, 4)]
    [InlineData(Still, "sgd", 1, 1)]
    public void An_interrupted_run_ends_with_the_same_bits_on_any_number_of_threads(string quantization, string optimizer, int atEpoch, int atBatch)
    {
        Recipe recipe = Samples.Recipe("widths", quantization);
        recipe.Optimizer.Kind = optimizer;
        recipe.Optimizer.LearningRate = optimizer == "sgd" ? 0.05 : 0.002;
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        using var three = new WorkerPool(3);
        using TrainingRun whole = Samples.Start(new CpuDevice(one), recipe, Samples.Train());
        TrainingResult expected = whole.Run();
        using var folder = new TemporaryFolder();
        Checkpoint saved = Samples.Interrupt(new CpuDevice(two), recipe, atEpoch, atBatch, folder.Path);
        Assert.Equal(recipe.Hash(), saved.Recipe!.Hash());
        using TrainingRun second = TrainingRun.Resume(new CpuDevice(three), saved, new TrainingSources(Samples.Train(), Samples.Test()), folder.Path);
        Assert.Equal(expected.FinalAccuracy, second.Run().FinalAccuracy);
        Samples.AssertSameState(whole.Model, second.Model);
    }

    [Fact]
    public void Bits_move_in_training_steps_alone()
    {
        Recipe recipe = Samples.Recipe("widths", Table);
        PatternSource train = Samples.Train(), test = Samples.Test();
        using var folder = new TemporaryFolder();
        using TrainingRun run = TrainingRun.Start(CpuDevice.Shared, recipe, Samples.Facts(train), new TrainingSources(train, test), folder.Path);
        List<(string Path, Quantizer Quantizer)> switchable = [.. run.Model.Quantizers().Where(q => q.Quantizer.Widths.Count > 1)];
        Dictionary<string, int> own = run.Model.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer.Bits);
        var jitter = new WidthJitter(0.6, recipe.Training.Seed);
        int moved = 0, stayed = 0, evaluations = 0;
        train.OnFill = (epoch, batch) =>
        {
            foreach ((string path, Quantizer quantizer) in run.Model.Quantizers())
            {
                bool moves = quantizer.Widths.Count > 1;
                Assert.Equal(moves ? jitter.Choose(path, quantizer.Widths, own[path], epoch, batch) : own[path], quantizer.Bits);
                moved += moves && quantizer.Bits != own[path] ? 1 : 0;
                stayed += moves && quantizer.Bits == own[path] ? 1 : 0;
            }
        };
        test.OnFill = (_, _) =>
        {
            Assert.All(run.Model.Quantizers(), q => Assert.Equal(own[q.Path], q.Quantizer.Bits));
            evaluations++;
        };
        run.Run();
        Assert.All(run.Model.Quantizers(), q => Assert.Equal(own[q.Path], q.Quantizer.Bits));
        Assert.Equal(9, evaluations);

        // 15 steps of 13 quantizers: the share is within 5 standard errors of 0.6.
        Assert.Equal(15 * switchable.Count, moved + stayed);
        double share = moved / (double)(moved + stayed);
        Assert.InRange(share, 0.6 - (5 * Math.Sqrt(0.24 / (moved + stayed))), 0.6 + (5 * Math.Sqrt(0.24 / (moved + stayed))));
        using Module best = CheckpointFile.Read(folder.File(TrainingRun.BestFile)).BuildModel(CpuDevice.Shared);
        Assert.All(best.Quantizers(), q => Assert.Equal(own[q.Path], q.Quantizer.Bits));
    }

    [Fact]
    public void Neighbours_of_the_selected_width_train_and_the_others_rest()
    {
        // Every step moves: weights of 4 bits train at 3 and 5, never at 4, 2 or 8.
        Recipe recipe = Samples.Recipe("widths", Table.Replace("0.6", "1", StringComparison.Ordinal));
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
        run.Trainer.Step(0, 0);
        Dictionary<int, float[]> before = Steps(run.Model);
        for (int batch = 1; batch < 8; batch++)
        {
            run.Trainer.Step(0, batch % 5);
        }

        Dictionary<int, float[]> after = Steps(run.Model);
        Assert.Equal([false, true, false, true, false], before.Keys.Order().Select(bits => !before[bits].AsSpan().SequenceEqual(after[bits])));

        // A run that never moves trains the selected width alone.
        Recipe still = Samples.Recipe("still", Still);
        using TrainingRun plain = Samples.Start(CpuDevice.Shared, still, Samples.Train());
        plain.Trainer.Step(0, 0);
        before = Steps(plain.Model);
        plain.Trainer.Step(0, 1);
        after = Steps(plain.Model);
        Assert.Equal([false, true, false], before.Keys.Order().Select(bits => !before[bits].AsSpan().SequenceEqual(after[bits])));
    }

    [Fact]
    public void A_run_with_widths_trains_its_width_as_a_run_without_them()
    {
        // Named layers give the plain run the same structure.
        Recipe plain = Samples.Recipe("plain", """{ "weightBits": 3, "activationBits": 3, "layers": [{ "layer": "layer1.0.conv1", "weightBits": 3 }] }""", epochs: 2);
        Recipe wide = Samples.Recipe("wide", Still, epochs: 2);
        foreach (QuantizationSection quantization in (QuantizationSection[])[plain.Quantization!, wide.Quantization!])
        {
            (quantization.WeightInit, quantization.ActivationInit) = ("mse", "mse");
        }

        using TrainingRun a = Samples.Start(CpuDevice.Shared, plain, Samples.Train());
        using TrainingRun b = Samples.Start(CpuDevice.Shared, wide, Samples.Train());
        Assert.Equal(a.Run().FinalAccuracy, b.Run().FinalAccuracy);
        using Module specialised = ModelFactory.Build(CpuDevice.Shared, plain, Samples.Facts(Samples.Train()));
        Specialization.Copy(b.Model, specialised);
        Samples.AssertSameState(a.Model, specialised);
    }

    [Fact]
    public void A_move_is_a_function_of_seed_path_epoch_and_batch()
    {
        var jitter = new WidthJitter(0.5, 7);
        int[] widths = [2, 3, 5, 8];
        int[] Moves(WidthJitter by, string path, int bits, int epoch) => [.. Enumerable.Range(0, 400).Select(batch => by.Choose(path, widths, bits, epoch, batch))];
        int[] moves = Moves(jitter, "a", 3, 0);
        Assert.Equal(moves, Moves(new WidthJitter(0.5, 7), "a", 3, 0));
        Assert.NotEqual(moves, Moves(new WidthJitter(0.5, 8), "a", 3, 0));
        Assert.NotEqual(moves, Moves(jitter, "b", 3, 0));
        Assert.NotEqual(moves, Moves(jitter, "a", 3, 1));
        Assert.Equal([2, 3, 5], moves.Distinct().Order());

        // 400 coins: within 5 standard errors (10 of 400, 8.7 for a quarter) of a half that stays and a quarter on each side.
        Assert.InRange(moves.Count(bits => bits == 3), 150, 250);
        Assert.InRange(moves.Count(bits => bits == 2), 56, 144);

        // At the ends there is one neighbour, and it is taken as often.
        Assert.Equal([2, 3], Moves(jitter, "a", 2, 0).Distinct().Order());
        Assert.Equal([5, 8], Moves(jitter, "a", 8, 0).Distinct().Order());
        Assert.InRange(Moves(jitter, "a", 8, 0).Count(bits => bits == 5), 150, 250);
        Assert.All(Moves(new WidthJitter(1, 7), "a", 3, 0), bits => Assert.NotEqual(3, bits));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WidthJitter(0, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WidthJitter(1.1, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WidthJitter(double.NaN, 7));
        Assert.Throws<ArgumentException>(() => jitter.Choose("a", widths, 4, 0, 0));
        Assert.Throws<ArgumentException>(() => jitter.Choose("a", [4], 4, 0, 0));
    }

    [Fact]
    public void A_model_without_widths_cannot_move()
    {
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train());
        using var optimiser = run.Recipe.Optimizer.Build(run.Model);
        var options = new TrainerOptions { Epochs = 1, LearningRate = 0.1, WidthJitter = new WidthJitter(0.5, 1) };
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(
            run.Model, optimiser, run.Recipe.Schedule.Build(), new Losses.CrossEntropyLoss(), Samples.Train(), null, options));
        Assert.Contains("quantization.widths", error.Message, StringComparison.Ordinal);
    }

    // The steps of all weight quantizers of several widths, by width.
    private static Dictionary<int, float[]> Steps(Module model)
        => model.Parameters().Where(p => p.Name.Contains("weight_quantizer.", StringComparison.Ordinal) && p.Name.EndsWith("bit.step", StringComparison.Ordinal))
            .GroupBy(p => p.Name[^9] - '0').ToDictionary(g => g.Key, g => g.SelectMany(p => p.Tensor.ToArray()).ToArray());
}
