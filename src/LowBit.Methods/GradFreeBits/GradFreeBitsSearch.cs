using System.Diagnostics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Kernels.Tuning;
using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;
using LowBit.Methods.Recipes;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Quantization;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// GradFreeBits (Bodner, Ben-Shalom and Treister, arXiv:2102.09298; Sensors 2022, 22(24), 9772): training at some bits, then in turns a gradient-free search for the bits of
/// every layer and training at the bits found, with clipping levels that depend on the bits.
/// </summary>
/// <remarks>
/// The folder holds <c>recipe.json</c>, a run for every stretch of training (<c>warm-up</c>, <c>round-1-training</c>, …, <c>final</c>: each an ordinary run for
/// <c>lowbit verify</c>, <c>export</c> and <c>results</c>) and a state for every round (<c>round-1</c>, …). Whatever is finished there is not done again. What the paper leaves
/// open is an option of <see cref="SearchRecipe"/>; <c>docs/gradfreebits.md</c> lists those.
/// </remarks>
public sealed class GradFreeBitsSearch
{
    /// <summary>Name of the recipe in a search's folder.</summary>
    public const string RecipeFile = "recipe.json";

    /// <summary>Folder of the final run in a search's folder.</summary>
    public const string FinalFolder = "final";

    private const string WarmUpFolder = "warm-up";
    private const string StartFile = "final-start" + CheckpointFile.Extension;
    private const string CostFile = "costs.txt";

    // Enough for running means of momentum 0.1: what they started with counts 1.5 % in the end.
    private const int CalibrationBatches = 40;

    private readonly SearchRecipe _recipe;
    private readonly ISearchData _data;
    private readonly Device _device;
    private readonly IReadOnlyList<Device> _workers;
    private readonly string _folder;
    private readonly List<RoundState> _rounds = [];
    private double _trainingSeconds;

    /// <summary>Sets up a search.</summary>
    /// <param name="recipe">Everything that decides it.</param>
    /// <param name="data">Images.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="workers">Where to judge candidates: one device for each worker.</param>
    /// <param name="folder">For runs and states; a folder that holds a part of this search is gone on with.</param>
    /// <exception cref="ArgumentException">The recipe is outside its range.</exception>
    public GradFreeBitsSearch(SearchRecipe recipe, ISearchData data, Device device, IReadOnlyList<Device> workers, string folder)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        recipe.Validate();
        (_recipe, _data, _device, _workers, _folder) = (recipe, data, device, workers, folder);
        Space = ReadSpace();
    }

    /// <summary>What can be chosen.</summary>
    public BitSpace Space { get; }

    /// <summary>Runs the search, or what is left of it.</summary>
    /// <param name="progress">Told what happens; or null.</param>
    /// <param name="token">Saves and stops.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the same call goes on.</exception>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    /// <exception cref="LowBitFormatException">The folder holds another search, or a file in it is damaged.</exception>
    public GradFreeBitsResult Run(IProgress<SearchProgress>? progress = null, CancellationToken token = default)
    {
        _rounds.Clear();
        _trainingSeconds = 0;
        Directory.CreateDirectory(_folder);
        QuantizationSection quantization = _recipe.Train.Quantization!;
        BitAllocation bits = Space.Uniform(quantization.WeightBits, quantization.ActivationBits);
        (CostModel costs, Budget budget, Checkpoint model) = Begin(bits, progress, token);
        AlternationSection alternation = _recipe.Alternation;
        if (_recipe.Pareto is { } pareto)
        {
            return Series(pareto, costs, model, bits, progress, token);
        }

        IReadOnlyList<ParetoPoint> judged = [];
        for (int round = 1; round <= alternation.Rounds; round++)
        {
            (bits, judged) = Round(round, model, costs, budget, bits, progress, token);
            if (round < alternation.Rounds)
            {
                string name = $"round-{round}-training";
                string init = Path.Combine(_folder, round == 1 ? WarmUpFolder : $"round-{round - 1}-training", TrainingRun.LastFile);
                int before = alternation.WarmUpEpochs + ((round - 1) * alternation.EpochsPerRound);
                Recipe recipe = Phase(name, bits, before, alternation.EpochsPerRound, init);
                recipe = recipe with { Optimizer = recipe.Optimizer with { LearningRate = recipe.Optimizer.LearningRate * alternation.RoundLearningRate } };
                model = Train(name, recipe, progress, token);
            }
        }

        Checkpoint final = Train(FinalFolder, FinalRecipe(model, bits), progress, token);
        return Result(bits, costs, budget, judged, Path.Combine(_folder, FinalFolder, TrainingRun.LastFile)) with
        {
            FinalAccuracy = final.Position!.LastAccuracy,
            BestAccuracy = final.Position.BestAccuracy,
        };
    }

    private (CostModel Costs, Budget Budget, Checkpoint Model) Begin(BitAllocation bits, IProgress<SearchProgress>? progress, CancellationToken token)
    {
        bool isNew = Claim();
        try
        {
            var costs = new CostModel(Space, Latency(progress, token));
            Budget budget = _recipe.Budget.ToBudget(costs);
            _ = BudgetRepair.Run(bits, costs, budget);
            return (costs, budget, WarmUp(bits, progress, token));
        }
        catch (Exception failure) when (isNew && failure is not OperationCanceledException && !File.Exists(Path.Combine(_folder, WarmUpFolder, TrainingRun.LastFile)))
        {
            // Nothing is lost: the folder is free again for the recipe with its mistake mended.
            File.Delete(Path.Combine(_folder, RecipeFile));
            throw;
        }
    }

    // The recipe is there before layers are measured, so that an interrupted measurement can be gone on with.
    private bool Claim()
    {
        string path = Path.Combine(_folder, RecipeFile);
        if (File.Exists(path))
        {
            return SearchRecipeReader.Load(path).Hash() == _recipe.Hash()
                ? false
                : throw new LowBitFormatException(path, "recipe", -1, "this folder holds a search with another recipe; name another folder");
        }

        if (_recipe.Train.Training.Init is { } init && !File.Exists(init))
        {
            throw new ArgumentException($"train.training.init names {init}, which does not exist; train that model first, or name another with --set train.training.init=FILE");
        }

        // Found out now rather than after the warm-up: a batch of candidates larger than the set.
        _ = _data.ForCandidates(_recipe.Train, _recipe.Evaluation.Batch);
        AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(_recipe.ToJson() + "\n"));
        return true;
    }

    private Checkpoint WarmUp(BitAllocation bits, IProgress<SearchProgress>? progress, CancellationToken token)
    {
        int epochs = _recipe.Alternation.WarmUpEpochs;
        Recipe recipe = Phase(WarmUpFolder, bits, 0, Math.Max(1, epochs), _recipe.Train.Training.Init);
        return Train(WarmUpFolder, epochs == 0 ? Calibration(recipe) : recipe, progress, token);
    }

    private BitSpace ReadSpace()
    {
        QuantizationSection quantization = _recipe.Train.Quantization!;
        Recipe recipe = _recipe.Training() with { Quantization = quantization with { Layers = [] } };
        using Module model = ModelFactory.Build(_device, recipe, _data.Facts);
        return BitSpace.Of(model, LayerShapes.Of(_device, recipe.Model, _data.Facts));
    }

    // Times decide nothing unless the budget has them; then they are kept, so that a search that goes on sees the same ones.
    private LatencyTable Latency(IProgress<SearchProgress>? progress, CancellationToken token)
    {
        if (_recipe.Budget.Milliseconds is null && _recipe.Pareto is null)
        {
            return LatencyTable.Estimate(Space, CostTable.LoadDefault() ?? new CostTable());
        }

        IProgress<double>? inner = progress is null ? null : new Forward<double>(share => progress.Report(new SearchProgress("measuring layers", null, 0, null) { Measured = share }));
        string path = Path.Combine(_folder, CostFile);
        CostTable table = File.Exists(path) ? CostTable.Load(path) : CostTable.LoadDefault() ?? new CostTable();
        try
        {
            return LatencyTable.Measure(Space, table, inner, token);
        }
        finally
        {
            table.Save(path);
        }
    }

    private Recipe Phase(string name, BitAllocation bits, int before, int epochs, string? init)
    {
        Recipe train = _recipe.Train;
        bool isStretch = _recipe.Alternation.Schedule == AlternationSchedule.Whole && _recipe.Pareto is null;
        ScheduleSection schedule = isStretch ? train.Schedule with { Offset = before, Span = _recipe.Alternation.TotalEpochs() } : train.Schedule;
        return train with
        {
            Name = $"{_recipe.Name}-{name}",
            Description = _recipe.Description,
            Quantization = train.Quantization! with { Layers = Space.ToLayerBits(bits) },
            Schedule = schedule.ShortenedFor(epochs),
            Training = train.Training with { Epochs = epochs, Init = init, FreezeNormsFrom = null },
        };
    }

    // A stretch of training at rate 0: quantizers start on the first batch, norms see the others, weights rest.
    private static Recipe Calibration(Recipe warmUp)
    {
        int images = CalibrationBatches * warmUp.Data.Batch;
        return warmUp with
        {
            Data = warmUp.Data with { TrainImages = warmUp.Data.TrainImages == 0 ? images : Math.Min(images, warmUp.Data.TrainImages) },
            Quantization = warmUp.Quantization! with { WidthJitter = 0 },
            Optimizer = warmUp.Optimizer with { LearningRate = 0 },
        };
    }

    // The last run has ordinary quantizers of the chosen bits: it is exported, verified and run like any other model.
    private Recipe FinalRecipe(Checkpoint model, BitAllocation bits)
    {
        string start = Path.Combine(_folder, StartFile);
        Recipe recipe = Phase(FinalFolder, bits, _recipe.Alternation.TotalEpochs() - _recipe.Alternation.FinalEpochs, _recipe.Alternation.FinalEpochs, start);
        recipe = recipe with
        {
            Quantization = recipe.Quantization! with { Widths = [], Clipping = ClippingForm.Table, WidthJitter = 0 },
            Training = recipe.Training with { FreezeNormsFrom = _recipe.Train.Training.FreezeNormsFrom },
        };
        if (!File.Exists(start))
        {
            using Module switchable = model.BuildModel(_device);
            Select(switchable, bits);
            using Module plain = ModelFactory.Build(_device, recipe, _data.Facts);
            Specialization.Copy(switchable, plain);
            CheckpointFile.Write(start, new Checkpoint(Checkpoint.Capture(plain)) { Recipe = recipe, Data = _data.Facts });
        }

        return recipe;
    }

    private void Select(Module model, BitAllocation bits)
    {
        Dictionary<string, Quantizer> quantizers = model.Quantizers().ToDictionary(entry => entry.Path, entry => entry.Quantizer);
        for (int v = 0; v < bits.Count; v++)
        {
            quantizers[Space.Variables[v].Path].SelectBits(bits[v]);
        }
    }

    private Checkpoint Train(string name, Recipe recipe, IProgress<SearchProgress>? progress, CancellationToken token)
    {
        IProgress<TrainingProgress>? inner = progress is null ? null : new Forward<TrainingProgress>(report => progress.Report(new SearchProgress(name, null, 0, report)));
        Checkpoint checkpoint = new TrainingPhase(_device, _data, recipe, Path.Combine(_folder, name)).Run(inner, token);
        _trainingSeconds += checkpoint.Position!.Seconds;
        return checkpoint;
    }

    private (BitAllocation Bits, IReadOnlyList<ParetoPoint> Judged) Round(
        int round, Checkpoint model, CostModel costs, Budget budget, BitAllocation trained, IProgress<SearchProgress>? progress, CancellationToken token)
    {
        string name = $"round-{round}", folder = Path.Combine(_folder, name);
        IBatchSource images = _data.ForCandidates(_recipe.Train, _recipe.Evaluation.Batch);
        using var evaluator = new CandidateEvaluator(Space, model, _recipe.Evaluation.Norms, _workers, _recipe.Objective.DivergenceTemperature());
        var table = new LossTable(evaluator, images);
        int first = (round - 1) * GradientFreeRound.BatchesOf(_recipe, _recipe.Cma.Generations);
        long began = Stopwatch.GetTimestamp();
        BitAllocation start = trained;
        if (round == 1 && _recipe.Cma.Start == SearchStart.Sensitivity)
        {
            start = SavedStart(folder) ?? Sensitivities(evaluator, costs, images, first).Find([trained], budget, token);
        }

        var settings = new RoundSettings(start, budget, _recipe.Cma.Generations, Seed(round), first, trained, Stopwatch.GetElapsedTime(began).TotalSeconds);
        var search = new GradientFreeRound(_recipe, costs, settings, table, folder);
        BitAllocation choice = search.Run(Told(name, settings.Generations, progress), token);
        _rounds.Add(search.State);
        return (choice, Points(search.State.Finalists, search.State.FinalBatches, table, costs));
    }

    private BitAllocation? SavedStart(string folder) => RoundState.Read(folder, _recipe.Hash()) is { } saved ? new BitAllocation(saved.Start) : null;

    private SensitivityStart Sensitivities(CandidateEvaluator evaluator, CostModel costs, IBatchSource images, int first)
    {
        int count = _recipe.Evaluation.Batches;
        CandidateBatch[] batches = [.. Enumerable.Range(first, 2 * count).Select(batch => CandidateBatch.Read(images, batch))];
        return new SensitivityStart(evaluator, costs, batches[..count], batches[count..]);
    }

    // One model, one table: what a small budget has judged, the next larger one knows.
    private GradFreeBitsResult Series(
        ParetoSection pareto, CostModel costs, Checkpoint model, BitAllocation start, IProgress<SearchProgress>? progress, CancellationToken token)
    {
        using var evaluator = new CandidateEvaluator(Space, model, _recipe.Evaluation.Norms, _workers, _recipe.Objective.DivergenceTemperature());
        IBatchSource images = _data.ForCandidates(_recipe.Train, _recipe.Evaluation.Batch);
        var table = new LossTable(evaluator, images);
        SensitivityStart? sensitivities = _recipe.Cma.Start == SearchStart.Sensitivity ? Sensitivities(evaluator, costs, images, 0) : null;
        AllocationCost low = UniformCost(pareto.From, costs), high = UniformCost(pareto.To, costs);
        var finalists = new List<string>();
        BitAllocation bits = BudgetRepair.Run(start, costs, Between(low, high, 0));
        for (int point = 0; point < pareto.Points; point++)
        {
            string name = $"pareto-{point + 1}", folder = Path.Combine(_folder, name);
            Budget budget = Between(low, high, point / (pareto.Points - 1.0));
            long began = Stopwatch.GetTimestamp();
            bits = sensitivities is null ? bits : SavedStart(folder) ?? sensitivities.Find([bits, .. Uniform(costs, budget)], budget, token);
            var settings = new RoundSettings(bits, budget, pareto.Generations, Seed(point + 1), 0, start, Stopwatch.GetElapsedTime(began).TotalSeconds);
            var search = new GradientFreeRound(_recipe, costs, settings, table, folder);
            bits = search.Run(Told(name, pareto.Generations, progress), token);
            _rounds.Add(search.State);
            finalists.AddRange(search.State.Finalists);
        }

        for (int width = 1; width <= BitWidth.Largest; width++)
        {
            finalists.Add(Space.Uniform(width, width).Digits);
        }

        string[] judged = [.. finalists.Distinct()];
        int[] batches = _rounds[^1].FinalBatches;
        table.Require(judged.Select(static digits => new BitAllocation(digits)), batches, token);
        return Result(bits, costs, Between(low, high, 1), Points(judged, batches, table, costs), Path.Combine(_folder, WarmUpFolder, TrainingRun.LastFile));
    }

    // The uniform bits of the largest width within a budget, if any.
    private IEnumerable<BitAllocation> Uniform(CostModel costs, Budget budget)
        => Enumerable.Range(1, BitWidth.Largest).Reverse().Select(width => Space.Uniform(width, width)).Where(uniform => budget.Holds(costs.Of(uniform))).Take(1);

    internal static Budget Between(in AllocationCost low, in AllocationCost high, double share)
    {
        // The ends are exact: what costs as much as the last budget is within it.
        static double Mix(double from, double to, double share) => share >= 1 ? to : from * Math.Pow(to / from, share);
        return new Budget(Mix(low.Bytes, high.Bytes, share), BitOperations: Mix(low.BitOperations, high.BitOperations, share));
    }

    private static AllocationCost UniformCost(string pair, CostModel costs)
    {
        (int weights, int activations) = BudgetSection.Pair(pair)!.Value;
        return costs.OfUniform(weights, activations);
    }

    private static IReadOnlyList<ParetoPoint> Points(IEnumerable<string> finalists, IReadOnlyList<int> batches, LossTable table, CostModel costs)
        => [.. finalists.Select(digits =>
        {
            var candidate = new BitAllocation(digits);
            return new ParetoPoint(candidate, table.Loss(candidate, batches), table.Accuracy(candidate, batches), costs.Of(candidate));
        })];

    private GradFreeBitsResult Result(BitAllocation bits, CostModel costs, Budget budget, IReadOnlyList<ParetoPoint> judged, string checkpoint) => new()
    {
        Bits = bits,
        Layers = Space.ToLayerBits(bits),
        Cost = costs.Of(bits),
        TimesAreMeasured = costs.Latency?.IsMeasured ?? false,
        Budget = budget,
        Checkpoint = checkpoint,
        Evaluations = _rounds.Sum(static round => round.Evaluations),
        ShareOfFullCost = _rounds.Sum(static round => round.ImagePasses) / Math.Max(1, _rounds.Sum(static round => round.ImagesAsked)),
        SearchSeconds = _rounds.Sum(static round => round.Seconds),
        TrainingSeconds = _trainingSeconds,
        Judged = judged,
        Front = ParetoPoint.Front(judged),
    };

    // Philox takes any number; rounds and seeds must not share one.
    private ulong Seed(int round) => (_recipe.Train.Training.Seed * 1_000_003) + (ulong)round;

    private static Forward<GenerationRecord>? Told(string name, int generations, IProgress<SearchProgress>? progress)
        => progress is null ? null : new Forward<GenerationRecord>(record => progress.Report(new SearchProgress(name, record, generations, null)));

    // Progress<T> would post to a thread pool; reports must come in order.
    private sealed class Forward<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
