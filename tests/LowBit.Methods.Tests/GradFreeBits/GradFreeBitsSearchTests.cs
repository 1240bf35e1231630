using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Methods.Allocation;
using LowBit.Methods.GradFreeBits;
using LowBit.Methods.Recipes;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Simulation;
using LowBit.Nn.Training;
using LowBit.Runtime.Sessions;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Methods.Tests.GradFreeBits;

public sealed class GradFreeBitsSearchTests
{
    public static TheoryData<string> Settings => new(
        "", "train.quantization.clipping=Function", "train.quantization.clipping=Shared", "train.quantization.method=weightnorm", "alternation.rounds=1",
        "train.quantization.widthJitter=0.2", "cma.start=Sensitivity", "evaluation.norms=Running", "objective.loss=Divergence");

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_final_model_has_the_chosen_bits_and_runs_as_integers(string setting)
    {
        using var folder = new TemporaryFolder();
        SearchRecipe recipe = Samples.Recipe(setting.Length == 0 ? [] : [setting]);
        GradFreeBitsResult result = Search(recipe, folder.Path).Run();
        var costs = new CostModel(Search(recipe, folder.Path).Space);
        Assert.True(result.Budget.Holds(result.Cost));
        Assert.Equal(costs.Of(result.Bits).Bytes, result.Cost.Bytes);
        Assert.InRange(result.FinalAccuracy, 0, 1);
        Assert.Equal(18 * recipe.Alternation.Rounds, result.Evaluations);

        Checkpoint final = CheckpointFile.Read(result.Checkpoint);
        Assert.Equal(result.Layers, final.Recipe!.Quantization!.Layers);
        Assert.Empty(final.Recipe.Quantization.Widths);
        using Module model = final.BuildModel(CpuDevice.Shared);
        model.Evaluate();
        foreach (QuantizedLayer layer in QuantizedLayers.Of(model))
        {
            LayerBits? bits = result.Layers.SingleOrDefault(entry => entry.Layer == layer.Path);
            Assert.Equal(bits?.WeightBits ?? 8, layer.Weights.Bits);
            Assert.Equal(bits?.ActivationBits ?? 8, layer.Input?.Bits ?? 8);
        }

        LoweringResult lowered = ModelLowering.Lower(model, new LoweringOptions { Height = 8, Width = 8, Channels = 2, Name = "tiny" });
        using var verifier = new Verifier(lowered, lowered.Model, new SessionOptions { Batch = 4, Threads = 1 });
        var pixels = new byte[4 * 8 * 8 * 2];
        new Random(3).NextBytes(pixels);
        verifier.Compare(pixels, [0, 1, 2, 3]);
        Assert.Equal(0, verifier.Report().Mismatches);
    }

    [Fact]
    public void A_search_stopped_anywhere_ends_as_if_it_had_not_been()
    {
        SearchRecipe recipe = Samples.Recipe();
        using var whole = new TemporaryFolder();
        var data = new Samples.PatternData();
        int fills = 0;
        data.OnFill = () => fills++;
        GradFreeBitsResult expected = Search(recipe, whole.Path, data).Run();
        // In the warm-up, in both rounds, between and at the end.
        foreach (int stopAt in (int[])[3, fills / 3, fills / 2, fills * 2 / 3, fills - 2])
        {
            using var parts = new TemporaryFolder();
            using var stop = new CancellationTokenSource();
            int seen = 0;
            var stopping = new Samples.PatternData();
            stopping.OnFill = () =>
            {
                if (++seen == stopAt)
                {
                    stop.Cancel();
                }
            };
            Assert.ThrowsAny<OperationCanceledException>(() => Search(recipe, parts.Path, stopping).Run(null, stop.Token));
            GradFreeBitsResult actual = Search(recipe, parts.Path).Run();
            Assert.Equal(expected.Bits, actual.Bits);
            Assert.Equal(expected.Judged, actual.Judged);
            Assert.Equal(expected.Evaluations, actual.Evaluations);
            AssertSameModel(expected.Checkpoint, actual.Checkpoint);
        }
    }

    [Fact]
    public void A_finished_search_is_only_read_again()
    {
        using var folder = new TemporaryFolder();
        SearchRecipe recipe = Samples.Recipe("alternation.rounds=1");
        GradFreeBitsSearch search = Search(recipe, folder.Path);
        GradFreeBitsResult first = search.Run(), second = search.Run();
        Assert.Equal((first.Evaluations, first.SearchSeconds, first.TrainingSeconds), (second.Evaluations, second.SearchSeconds, second.TrainingSeconds));
        DateTime written = File.GetLastWriteTimeUtc(first.Checkpoint);
        GradFreeBitsResult again = Search(recipe, folder.Path).Run();
        Assert.Equal(written, File.GetLastWriteTimeUtc(again.Checkpoint));
        Assert.Equal(first.Bits, again.Bits);
        Assert.Equal(first.FinalAccuracy, again.FinalAccuracy);
        Assert.Equal(first.SearchSeconds, again.SearchSeconds);
    }

    [Fact]
    public void Without_a_warm_up_the_weights_are_those_of_the_float_model()
    {
        using var folder = new TemporaryFolder();
        var data = new Samples.PatternData();
        Recipe plain = Samples.Recipe().Train with { Name = "float", Quantization = null };
        using (TrainingRun run = TrainingRun.Start(CpuDevice.Shared, plain, data.Facts, data.ForTraining(plain), folder.File("float")))
        {
            run.Run();
        }

        string start = Path.Combine(folder.File("float"), TrainingRun.LastFile);
        SearchRecipe recipe = Samples.Recipe("alternation.warmUpEpochs=0", $"train.training.init={start}", "alternation.rounds=1", "cma.start=Sensitivity");
        GradFreeBitsResult result = Search(recipe, folder.File("search"), data).Run();
        IReadOnlyDictionary<string, CheckpointTensor> before = CheckpointFile.Read(start).Tensors;
        IReadOnlyDictionary<string, CheckpointTensor> after = CheckpointFile.Read(Path.Combine(folder.File("search"), "warm-up", TrainingRun.LastFile)).Tensors;
        string[] resting = [.. before.Keys.Where(static name => !name.StartsWith("optimiser", StringComparison.Ordinal) && (name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("bias", StringComparison.Ordinal)))];
        Assert.NotEmpty(resting);
        Assert.All(resting, name => Assert.True(before[name].Data.AsSpan().SequenceEqual(after[name].Data), $"{name} moved"));
        Assert.Contains(after.Keys, name => !before.ContainsKey(name));
        Assert.Equal(1, recipe.Alternation.TotalEpochs());
        Assert.True(result.Budget.Holds(result.Cost));
    }

    [Fact]
    public void A_folder_of_another_search_is_refused()
    {
        using var folder = new TemporaryFolder();
        Search(Samples.Recipe("alternation.rounds=1"), folder.Path).Run();
        LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => Search(Samples.Recipe("alternation.rounds=1", "train.optimizer.learningRate=0.01"), folder.Path).Run());
        Assert.Contains("another recipe", error.Message, StringComparison.Ordinal);
        Assert.Equal(Samples.Recipe("alternation.rounds=1").ToJson() + "\n", File.ReadAllText(folder.File(GradFreeBitsSearch.RecipeFile)));
    }

    [Fact]
    public void Neither_workers_nor_threads_change_a_bit()
    {
        SearchRecipe recipe = Samples.Recipe("alternation.rounds=1");
        using var one = new TemporaryFolder();
        using var three = new TemporaryFolder();
        GradFreeBitsResult a = Search(recipe, one.Path, workers: 1).Run(), b = Search(recipe, three.Path, workers: 3).Run();
        Assert.Equal(a.Bits, b.Bits);
        Assert.Equal(a.Judged, b.Judged);
        AssertSameModel(a.Checkpoint, b.Checkpoint);
    }

    [Theory]
    [InlineData("Current")]
    [InlineData("Sensitivity")]
    public void A_series_of_budgets_gives_a_front(string start)
    {
        using var folder = new TemporaryFolder();
        SearchRecipe recipe = Samples.Recipe(
            """pareto={ "points": 3, "from": "w2a2", "to": "w4a4", "generations": 2 }""", "budget={}", "train.quantization.widths=[2,3,4]", $"cma.start={start}");
        var data = new Samples.PatternData();
        int fills = 0;
        data.OnFill = () => fills++;
        GradFreeBitsResult result = Search(recipe, folder.Path, data).Run();
        Assert.True(double.IsNaN(result.FinalAccuracy));
        Assert.True(result.TimesAreMeasured);
        Assert.NotEmpty(result.Front);
        Assert.All(result.Front, point => Assert.DoesNotContain(result.Judged, other => other.Dominates(point)));
        Assert.All(result.Judged, static point => Assert.True(point.Cost.Milliseconds > 0));
        Assert.Contains(result.Judged, static point => point.Bits.Digits.All(static digit => digit == '2'));
        GradFreeBitsResult again = Search(recipe, folder.Path).Run();
        Assert.Equal(result.Judged, again.Judged);

        // Interrupted in the last budgets and gone on with: the same candidates and losses (times are measured anew in another folder).
        foreach (int left in (int[])[2, 7])
        {
            using var parts = new TemporaryFolder();
            using var stop = new CancellationTokenSource();
            int seen = 0;
            data.OnFill = () =>
            {
                if (++seen == fills - left)
                {
                    stop.Cancel();
                }
            };
            Assert.ThrowsAny<OperationCanceledException>(() => Search(recipe, parts.Path, data).Run(null, stop.Token));
            GradFreeBitsResult actual = Search(recipe, parts.Path).Run();
            Assert.Equal(result.Judged.Select(static point => (point.Bits, point.Loss)), actual.Judged.Select(static point => (point.Bits, point.Loss)));
        }
    }

    [Fact]
    public void A_budget_of_time_is_kept()
    {
        using var folder = new TemporaryFolder();
        SearchRecipe recipe = Samples.Recipe("budget={ \"milliseconds\": \"w4a4\" }", "alternation.rounds=1", "train.quantization.widths=[2,4,6]");
        using var stop = new CancellationTokenSource();
        var shares = new List<double>();
        var watch = new Watch(report =>
        {
            if (report.Measured is { } share)
            {
                shares.Add(share);
                stop.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => Search(recipe, folder.Path).Run(watch, stop.Token));
        Assert.True(shares.Count == 1 && shares[0] is > 0 and < 1, string.Join(", ", shares));
        // What was measured is there, and so is the recipe to go on from.
        string costs = Path.Combine(folder.Path, "costs.txt");
        int before = File.ReadAllLines(costs).Length;
        Assert.True(File.Exists(Path.Combine(folder.Path, GradFreeBitsSearch.RecipeFile)));
        GradFreeBitsResult result = Search(recipe, folder.Path).Run();
        Assert.True(File.ReadAllLines(costs).Length > before);
        Assert.True(result.TimesAreMeasured);
        Assert.NotNull(result.Budget.Milliseconds);
        Assert.True(result.Cost.Milliseconds <= result.Budget.Milliseconds);
    }

    [Fact]
    public void A_budget_below_the_fewest_bits_is_refused_before_training()
    {
        using var folder = new TemporaryFolder();
        ArgumentException error = Assert.Throws<ArgumentException>(() => Search(Samples.Recipe("budget={ \"bytes\": \"20\" }"), folder.Path).Run());
        Assert.Contains("raise the budget", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("warm-up")));
        Assert.False(File.Exists(folder.File(GradFreeBitsSearch.RecipeFile)));
    }

    [Fact]
    public void A_mistake_found_before_the_warm_up_leaves_the_folder_free()
    {
        using var folder = new TemporaryFolder();
        string search = folder.File("search"), damaged = folder.File("damaged.lbc");
        File.WriteAllText(damaged, "no checkpoint");
        foreach ((string setting, string part) in (ReadOnlySpan<(string, string)>)
            [("evaluation.batch=41", "41"), ($"train.training.init={folder.File("nowhere.lbc")}", "train.training.init"), ($"train.training.init={damaged}", "damaged.lbc")])
        {
            Exception error = Assert.ThrowsAny<Exception>(() => Search(Samples.Recipe(setting), search).Run());
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(search, GradFreeBitsSearch.RecipeFile)), setting);
        }

        Assert.InRange(Search(Samples.Recipe("alternation.rounds=1"), search).Run().FinalAccuracy, 0, 1);
    }

    [Fact]
    public void The_ends_of_a_series_are_exact()
    {
        // 73648·(107056/73648)¹ rounds to less than 107056, and uniform bits would not be within their own budget.
        var low = new AllocationCost(73_648, 0, 3e8, double.NaN);
        var high = new AllocationCost(107_056, 0, 5e8, double.NaN);
        Assert.True(GradFreeBitsSearch.Between(low, high, 1).Holds(high));
        Assert.True(GradFreeBitsSearch.Between(low, high, 0).Holds(low));
        Assert.False(GradFreeBitsSearch.Between(low, high, 0.5).Holds(high));
    }

    [Theory]
    [InlineData("Whole", 0, 2, 3, 4)]
    [InlineData("Restart", 0, 0, 0, 0)]
    public void Stretches_of_training_share_a_schedule_or_begin_anew(string schedule, double warmUp, double round, double final, double span)
    {
        using var folder = new TemporaryFolder();
        Search(Samples.Recipe($"alternation.schedule={schedule}", "alternation.roundLearningRate=0.5", "cma.generations=1"), folder.Path).Run();
        foreach ((string name, double offset, double rate) in (ReadOnlySpan<(string, double, double)>)[("warm-up", warmUp, 0.05), ("round-1-training", round, 0.025), ("final", final, 0.05)])
        {
            Recipe recipe = CheckpointFile.Read(Path.Combine(folder.Path, name, "last.lbc")).Recipe!;
            Assert.Equal((offset, span), (recipe.Schedule.Offset, recipe.Schedule.Span));
            Assert.Equal(rate, recipe.Optimizer.LearningRate, 1e-12);
        }
    }

    [Theory]
    [InlineData("Whole", 1, 1, 1)]
    [InlineData("Restart", 1, 0.5, 0.5)]
    public void A_stretch_of_one_epoch_is_more_than_a_warm_up(string schedule, double warmUp, double round, double final)
    {
        using var folder = new TemporaryFolder();
        Search(Samples.Recipe($"alternation.schedule={schedule}", "train.schedule.warmUp=1", "cma.generations=1"), folder.Path).Run();
        foreach ((string name, double expected) in (ReadOnlySpan<(string, double)>)[("warm-up", warmUp), ("round-1-training", round), ("final", final)])
        {
            Assert.Equal(expected, CheckpointFile.Read(Path.Combine(folder.Path, name, "last.lbc")).Recipe!.Schedule.WarmUp);
        }
    }

    private sealed class Watch(Action<SearchProgress> action) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => action(value);
    }

    private static GradFreeBitsSearch Search(SearchRecipe recipe, string folder, Samples.PatternData? data = null, int workers = 2)
        => new(recipe, data ?? new Samples.PatternData(), CpuDevice.Shared, Samples.Workers(workers), folder);

    private static void AssertSameModel(string expected, string actual)
    {
        IReadOnlyDictionary<string, CheckpointTensor> a = CheckpointFile.Read(expected).Tensors, b = CheckpointFile.Read(actual).Tensors;
        Assert.Equal(a.Keys, b.Keys);
        foreach ((string name, CheckpointTensor tensor) in a)
        {
            Assert.True(tensor.Data.AsSpan().SequenceEqual(b[name].Data), $"{name} differs");
        }
    }
}
