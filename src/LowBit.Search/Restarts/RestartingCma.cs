using LowBit.Search.Cma;
using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Restarts;

/// <summary>
/// CMA-ES that starts again elsewhere when a run ends, with growing populations (IPOP) or alternating large and small ones (BIPOP): for functions with
/// many local minima.
/// </summary>
public sealed class RestartingCma : Optimizer
{
    internal const string KindName = "restarting-cma";

    private readonly RestartOptions _options;
    private readonly int _firstLambda;
    private readonly Philox _random;
    private CmaOptions _runOptions;
    private CmaEs _run;
    private bool _runIsSmall = true; // the first run is booked as small
    private int _largeRuns;
    private int _smallRuns;
    private long _largeEvaluations;
    private long _smallEvaluations;

    /// <summary>A search at its start.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public RestartingCma(RestartOptions options)
        : base(Checked(options).First.Mean.Length, General(options.First.Termination))
    {
        _options = options;
        _random = new Philox(options.First.Seed ^ 0x5DEECE66DUL); // apart from the numbers of the first run
        TerminationOptions own = options.First.Termination with { Target = double.NegativeInfinity, MaxEvaluations = null, Timeout = null };
        _runOptions = options.First with { Termination = own };
        _run = new CmaEs(_runOptions);
        _firstLambda = _run.Constants.Lambda;
    }

    /// <summary>Runs begun with a larger population than the first.</summary>
    public int LargeRuns => _largeRuns;

    /// <summary>Small runs begun (BIPOP), the first not counted.</summary>
    public int SmallRuns => _smallRuns;

    /// <summary>Values told to large runs so far.</summary>
    public long LargeEvaluations => _largeEvaluations;

    /// <summary>Values told to the first run and to small runs so far.</summary>
    public long SmallEvaluations => _smallEvaluations;

    /// <summary>Points per generation of the present run.</summary>
    public int PopulationSize => _run.Constants.Lambda;

    internal override string Kind => KindName;

    private protected override double[][] Propose() => [.. _run.Ask()];

    private protected override StopReason Learn(double[] values)
    {
        _run.Tell(_run.Ask(), values);
        (_smallEvaluations, _largeEvaluations) = _runIsSmall ? (_smallEvaluations + values.Length, _largeEvaluations) : (_smallEvaluations, _largeEvaluations + values.Length);
        return _run.StopReason == StopReason.None || Begin() ? StopReason.None : StopReason.Restarts;
    }

    internal override void SyncOptions(StateArchive archive) => RestartOptions.Sync(archive, _options);

    internal override void SyncState(StateArchive archive)
    {
        base.SyncState(archive);
        _random.Sync(archive);
        _runIsSmall = archive.Value(_runIsSmall);
        _largeRuns = archive.Value(_largeRuns);
        _smallRuns = archive.Value(_smallRuns);
        _largeEvaluations = archive.Value(_largeEvaluations);
        _smallEvaluations = archive.Value(_smallEvaluations);
        CmaOptions stored = CmaOptions.Sync(archive, _runOptions);
        if (archive.IsReading)
        {
            _runOptions = stored;
            _run = new CmaEs(stored);
        }

        _run.SyncState(archive);
    }

    private static RestartOptions Checked(RestartOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int n = options.First.Mean.Length;
        if (options.MaxRestarts < 0 || (options.StartRegion is { } region && (region.Low.Length != n || region.High.Length != n)))
        {
            throw new ArgumentException($"restarts need a number of at least 0 and a start region of {n} coordinates, the number is {options.MaxRestarts}");
        }

        for (int j = 0; options.StartRegion is { } bounds && j < n; j++)
        {
            if (!(bounds.Low[j] <= bounds.High[j]) || bounds.Low[j] < options.First.SpaceOrAll.Lower(j) || bounds.High[j] > options.First.SpaceOrAll.Upper(j))
            {
                throw new ArgumentException($"coordinate {j} of the start region, {bounds.Low[j]} to {bounds.High[j]}, does not lie within the bounds of the space");
            }
        }

        return options;
    }

    private static TerminationOptions General(TerminationOptions o) => new() { Target = o.Target, MaxEvaluations = o.MaxEvaluations, Timeout = o.Timeout };

    /// <summary>Begins the next run; false when the restarts are used up.</summary>
    private bool Begin()
    {
        bool small = _options.Strategy == RestartStrategy.Bipop && _smallEvaluations < _largeEvaluations;
        if (!small && _largeRuns >= _options.MaxRestarts)
        {
            return false;
        }

        TerminationOptions termination = _options.First.Termination with { Target = double.NegativeInfinity, MaxEvaluations = null, Timeout = null };
        double multiplier = Math.Pow(2, small ? _largeRuns : _largeRuns + 1), sigma = _options.First.Sigma;
        int lambda = (int)(_firstLambda * multiplier);
        if (small)
        {
            double u = _random.NextDouble();
            lambda = (int)(_firstLambda * Math.Pow(multiplier, u * u));
            sigma *= Math.Pow(10, -2 * _random.NextDouble());
            long generations = Math.Max(1, _largeEvaluations / 2 / lambda);
            termination = termination with { MaxGenerations = Math.Min(generations, termination.MaxGenerations ?? generations) };
        }

        _runOptions = _options.First with { Mean = Start(), Sigma = sigma, PopulationSize = lambda, Seed = _random.NextUInt64(), Termination = termination };
        _run = new CmaEs(_runOptions);
        _runIsSmall = small;
        (_smallRuns, _largeRuns) = small ? (_smallRuns + 1, _largeRuns) : (_smallRuns, _largeRuns + 1);
        return true;
    }

    private double[] Start()
    {
        SearchSpace space = _options.First.SpaceOrAll;
        double[] start = (double[])_options.First.Mean.Clone();
        for (int j = 0; j < start.Length; j++)
        {
            (double low, double high) = _options.StartRegion is { } region ? (region.Low[j], region.High[j]) : (space.Lower(j), space.Upper(j));
            if (double.IsFinite(low) && double.IsFinite(high))
            {
                start[j] = Math.Min(high, low + ((high - low) * _random.NextDouble()));
            }
        }

        return start;
    }
}
