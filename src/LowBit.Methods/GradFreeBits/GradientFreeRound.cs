using System.Diagnostics;
using LowBit.Kernels.Files;
using LowBit.Methods.Allocation;
using LowBit.Methods.Recipes;
using LowBit.Search;
using LowBit.Search.Cma;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// A gradient-free round of GradFreeBits (arXiv:2102.09298, section 3.3): CMA-ES over the bits of all variables while the weights rest. It minimises
/// <c>F(b) = L(b; S)/L(b_start; S) + Σ ρ_i·max(0, cost_i(b)/limit_i − 1)</c> on moving super-batches S; L is cross-entropy, or the divergence from the most bits, and costs are those of
/// the rounded bits.
/// </summary>
/// <remarks>
/// At the end the best candidates so far, the rounded mean of the distribution, the start and the bits that the weights were trained at, each brought inside the budget where
/// it is not, are judged on further batches, and the best of them is the choice. With a folder the state is saved after every generation, and a round begun there goes on bit for bit.
/// </remarks>
public sealed class GradientFreeRound
{
    private const string OptimizerName = "optimizer.bin";

    private readonly SearchRecipe _recipe;
    private readonly CostModel _costs;
    private readonly RoundSettings _settings;
    private readonly string? _folder;
    private readonly LossTable _table;
    private readonly MovingSuperBatch _batches;
    private RoundState _state;
    private CmaEs _search;

    /// <summary>Sets up a round, or takes up the one that a folder holds.</summary>
    /// <param name="recipe">Objective, optimiser and images.</param>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="settings">Start, budget, length, seed.</param>
    /// <param name="table">Judges candidates; empty.</param>
    /// <param name="folder">For the state; null to keep none.</param>
    /// <exception cref="LowBitFormatException">The folder's files are damaged or of another search.</exception>
    public GradientFreeRound(SearchRecipe recipe, CostModel costs, RoundSettings settings, LossTable table, string? folder)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(table);
        (_recipe, _costs, _settings, _table, _folder) = (recipe, costs, settings, table, folder);
        _batches = new MovingSuperBatch(settings.FirstBatch, recipe.Evaluation.Batches, recipe.Evaluation.Moved);
        _search = NewSearch();
        _state = new RoundState { RecipeHash = recipe.Hash(), Start = settings.Start.Digits, Seconds = settings.SecondsBefore };
        if (folder is not null && RoundState.Read(folder, _state.RecipeHash) is { } saved)
        {
            TakeUp(folder, saved);
        }
    }

    /// <summary>What is known so far.</summary>
    public RoundState State => _state;

    /// <summary>True when the round has made its choice.</summary>
    public bool IsDone => _state.Chosen is not null;

    /// <summary>Batches of the stream that a round reads, finalists included.</summary>
    /// <param name="recipe">The search recipe.</param>
    /// <param name="generations">Generations of the round.</param>
    public static int BatchesOf(SearchRecipe recipe, int generations)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.Evaluation.Batches + (generations * recipe.Evaluation.Moved) + recipe.Evaluation.FinalBatches;
    }

    /// <summary>Runs generations up to the last and chooses.</summary>
    /// <param name="progress">Told after each generation; or null.</param>
    /// <param name="token">Stops between batches; the last finished generation stays saved.</param>
    /// <returns>The choice; it is within the budget.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public BitAllocation Run(IProgress<GenerationRecord>? progress = null, CancellationToken token = default)
    {
        if (_state.Chosen is { } chosen)
        {
            return new BitAllocation(chosen);
        }

        _ = BudgetRepair.Run(_settings.Start, _costs, _settings.Budget);
        double before = _state.Seconds;
        long start = Stopwatch.GetTimestamp();
        void Save()
        {
            _state = _state with
            {
                Seconds = before + Stopwatch.GetElapsedTime(start).TotalSeconds,
                Candidates = _table.Save(),
            };
            Write();
        }

        while (_search.StopReason == StopReason.None)
        {
            GenerationRecord record = Generation(token);
            _state = _state with { History = [.. _state.History, record], Evaluations = _search.Evaluations };
            Save();
            progress?.Report(record);
        }

        BitAllocation choice = Choose(token);
        Save();
        return choice;
    }

    /// <summary>The objective of a candidate on batches that the table knows, the start's included.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="batches">Numbers in the stream.</param>
    public double Objective(BitAllocation candidate, IReadOnlyList<int> batches)
    {
        // The divergence of a start with the most bits is 0: nothing to be measured by, so it counts as it is.
        double start = _table.Loss(_settings.Start, batches);
        return (_table.Loss(candidate, batches) / (start > 0 ? start : 1)) + Penalty(candidate);
    }

    private double Penalty(BitAllocation candidate)
    {
        ObjectiveSection factors = _recipe.Objective;
        return _settings.Budget.Excess(_costs.Of(candidate), factors.BytesPenalty, factors.ActivationBytesPenalty, factors.BitOperationsPenalty, factors.MillisecondsPenalty);
    }

    private GenerationRecord Generation(CancellationToken token)
    {
        IReadOnlyList<int> batches = _batches.Of((int)_search.Generation);
        IReadOnlyList<double[]> points = _search.Ask();
        BitAllocation[] candidates = [.. points.Select(Allocation)];
        double before = _table.ImagePasses;
        double[] values = _recipe.Evaluation.Racing ? Race(candidates, batches, token) : Judge(candidates, batches, token);
        _state = _state with
        {
            ImagesAsked = _state.ImagesAsked + ((double)candidates.Length * batches.Count * _table.BatchSize),
            ImagePasses = _state.ImagePasses + _table.ImagePasses - before,
        };
        _search.Tell(points, values);
        double[] sorted = [.. values.Order()];
        return new GenerationRecord
        {
            Generation = (int)_search.Generation,
            Best = sorted[0],
            Median = sorted[sorted.Length / 2],
            Different = candidates.Distinct().Count(),
            Feasible = candidates.Count(candidate => _settings.Budget.Holds(_costs.Of(candidate))),
            Sigma = _search.Sigma,
            Mean = Allocation(_search.Mean).Digits,
        };
    }

    private double[] Judge(BitAllocation[] candidates, IReadOnlyList<int> batches, CancellationToken token)
    {
        _table.Require([_settings.Start, .. candidates], batches, token);
        return [.. candidates.Select(candidate => Objective(candidate, batches))];
    }

    // CMA-ES uses the order of the values alone, and mostly that of the better half. So a candidate whose penalty exceeds the whole objective of the start is not
    // run at all, the others run on the first batch, and the better half of them on the rest; the order of the worse half is that of the first batch.
    private double[] Race(BitAllocation[] candidates, IReadOnlyList<int> batches, CancellationToken token)
    {
        int[] first = [batches[0]];
        BitAllocation[] promising = [.. candidates.Where(candidate => Penalty(candidate) < 1)];
        _table.Require([_settings.Start, .. promising], first, token);
        HashSet<BitAllocation> better =
            [.. promising.OrderBy(candidate => Objective(candidate, first)).ThenBy(static candidate => candidate.Digits, StringComparer.Ordinal).Take((candidates.Length + 1) / 2)];
        _table.Require([_settings.Start, .. better], batches, token);
        return RacingValues.Of(
            Array.ConvertAll(candidates, candidate => better.Contains(candidate) ? Objective(candidate, batches) : (double?)null),
            Array.ConvertAll(candidates, candidate => Penalty(candidate) < 1 ? Objective(candidate, first) : (double?)null),
            Array.ConvertAll(candidates, Penalty));
    }

    private BitAllocation Choose(CancellationToken token)
    {
        // Candidates met different images: each is compared with the start on the images that it met.
        var known = new HashSet<int>(_table.BatchesOf(_settings.Start));
        IEnumerable<BitAllocation> best = _table.All()
            .Select(candidate => (Candidate: candidate, Batches: (IReadOnlyList<int>)[.. _table.BatchesOf(candidate).Where(known.Contains)]))
            .Where(entry => entry.Batches.Count >= _batches.Batches)
            .OrderBy(entry => Objective(entry.Candidate, entry.Batches))
            .ThenBy(entry => entry.Candidate.Digits, StringComparer.Ordinal)
            .Take(_recipe.Evaluation.Finalists)
            .Select(entry => entry.Candidate);
        IEnumerable<BitAllocation> proposed = [.. best, Allocation(_search.Mean), _settings.Start, _settings.Trained ?? _settings.Start];
        BitAllocation[] finalists = [.. proposed.Select(finalist => BudgetRepair.Find(finalist, _costs, _settings.Budget)).OfType<BitAllocation>().Distinct()];
        int first = _settings.FirstBatch + _recipe.Evaluation.Batches + (_settings.Generations * _recipe.Evaluation.Moved);
        int[] batches = [.. Enumerable.Range(first, _recipe.Evaluation.FinalBatches)];
        _table.Require([_settings.Start, .. finalists], batches, token);
        BitAllocation choice = finalists.MinBy(finalist => _table.Loss(finalist, batches))!;
        _state = _state with { Chosen = choice.Digits, Finalists = [.. finalists.Select(static finalist => finalist.Digits)], FinalBatches = batches };
        return choice;
    }

    private CmaEs NewSearch()
    {
        IReadOnlyList<BitVariable> variables = _costs.Space.Variables;
        SearchSpace space = SearchSpace.Unbounded(variables.Count);
        for (int v = 0; v < variables.Count; v++)
        {
            space = space.WithValues(v, [.. variables[v].Widths.Select(Coordinate)]);
        }

        double[] mean = new double[variables.Count];
        for (int v = 0; v < mean.Length; v++)
        {
            mean[v] = Coordinate(_settings.Start[v]);
        }

        return new CmaEs(new CmaOptions
        {
            Mean = mean,
            Sigma = _recipe.Cma.Sigma,
            Space = space,
            Seed = _settings.Seed,
            PopulationSize = _recipe.Cma.Population == 0 ? null : _recipe.Cma.Population,
            Integers = _recipe.Cma.Integers,
            Termination = new TerminationOptions { MaxGenerations = _settings.Generations }.ForPlateaus(),
        });
    }

    private double Coordinate(int bits) => _recipe.Cma.Parametrization == Parametrization.Linear ? bits : Math.Log2(bits);

    private BitAllocation Allocation(double[] point)
    {
        var bits = new int[point.Length];
        for (int v = 0; v < bits.Length; v++)
        {
            double value = _recipe.Cma.Parametrization == Parametrization.Linear ? point[v] : Math.Pow(2, point[v]);
            bits[v] = (int)Math.Round(value);
        }

        return BitAllocation.Of(bits);
    }

    private void TakeUp(string folder, RoundState saved)
    {
        try
        {
            _table.Load(saved.Candidates);
        }
        catch (ArgumentException failure)
        {
            throw new LowBitFormatException(folder, "candidates", -1, $"this round cannot go on: {failure.Message}", failure);
        }

        string optimizer = Path.Combine(folder, OptimizerName);
        if (File.Exists(optimizer))
        {
            _search = OptimizerFile.Load(optimizer) as CmaEs
                ?? throw new LowBitFormatException(optimizer, "kind", -1, "this is a search of another kind; name another folder");
        }

        // The state is written first: after a kill between the two files it is one generation ahead, which is then repeated from what the table knows.
        _state = saved with { History = [.. saved.History.Take((int)_search.Generation)], Evaluations = _search.Evaluations };
    }

    private void Write()
    {
        if (_folder is null)
        {
            return;
        }

        _state.Write(_folder);
        OptimizerFile.Save(_search, Path.Combine(_folder, OptimizerName));
    }
}
