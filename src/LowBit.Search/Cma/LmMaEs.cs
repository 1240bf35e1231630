using LowBit.Search.Boxes;
using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>
/// Limited-memory matrix-adaptation evolution strategy: the covariance is a product of rank-one factors along m learned directions, so memory and time
/// per point are m n. For thousands of coordinates. Loshchilov, Glasmachers and Beyer, arXiv 1705.06693, algorithm 1. Coordinates with a list are
/// rounded plainly.
/// </summary>
public sealed class LmMaEs : Optimizer
{
    internal const string KindName = "lm-ma-es";

    private readonly LmMaOptions _options;
    private readonly Coordinates _coordinates;
    private readonly BoxMap _map;
    private readonly CmaConstants _constants;
    private readonly Philox _random;
    private readonly int _n;
    private readonly double _cs;
    private readonly double[] _scales;
    private readonly double[] _mean;
    private readonly double[] _path;
    private readonly double[][] _directions;
    private readonly double[][] _normals; // z of the pending generation
    private readonly double[][] _steps; // d of the pending generation
    private readonly List<double> _recentBest = []; // newest first
    private double _sigma;
    private int _flat;

    /// <summary>A search at its start.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public LmMaEs(LmMaOptions options)
        : base(Checked(options).Mean.Length, options.Termination)
    {
        _options = options;
        _coordinates = new Coordinates(options.SpaceOrAll);
        _n = _coordinates.Count;
        _map = new BoxMap(_coordinates);
        _constants = CmaConstants.For(_n, options.PopulationSize ?? CmaConstants.DefaultLambda(_n), active: false);
        _random = new Philox(options.Seed);
        _cs = Rate(2.0 * _constants.Lambda / _n);
        _scales = options.Scales is null ? [.. Enumerable.Repeat(1.0, _n)] : _coordinates.Take(options.Scales);
        _mean = _coordinates.Take(options.Mean);
        _map.Unmap(_mean);
        _path = new double[_n];
        _directions = Rows(options.Directions ?? _constants.Lambda);
        _normals = Rows(_constants.Lambda);
        _steps = Rows(_constants.Lambda);
        _sigma = options.Sigma;
    }

    /// <summary>The present step size, in units of x / scale.</summary>
    public double Sigma => _sigma;

    /// <summary>The point that the distribution's mean stands for, [n].</summary>
    public double[] Mean => Decode(_mean);

    internal override string Kind => KindName;

    private protected override double[][] Propose()
    {
        long usable = Math.Min(Generation, _directions.Length);
        return [.. Enumerable.Range(0, _constants.Lambda).Select(k =>
        {
            double[] z = _normals[k], d = _steps[k];
            _random.FillNormal(z);
            z.CopyTo(d, 0);
            for (int i = 0; i < usable; i++)
            {
                double rate = Rate(Math.Pow(1.5, -i) / _n);
                double along = VectorMath.Dot(_directions[i], d);
                VectorMath.Scale(d, 1 - rate);
                VectorMath.AddScaled(d, rate * along, _directions[i]);
            }

            double[] x = new double[_n];
            for (int j = 0; j < _n; j++)
            {
                x[j] = _mean[j] + (_sigma * _scales[j] * d[j]);
            }

            return Decode(x);
        })];
    }

    private protected override StopReason Learn(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(k => values[k])]; // a stable sort
        double[] normal = new double[_n], step = new double[_n];
        for (int i = 0; i < _constants.Mu; i++)
        {
            VectorMath.AddScaled(normal, _constants.Weights[i], _normals[order[i]]);
            VectorMath.AddScaled(step, _constants.Weights[i], _steps[order[i]]);
        }

        for (int j = 0; j < _n; j++)
        {
            _mean[j] += _sigma * _scales[j] * step[j];
        }

        Follow(_path, _cs, normal);
        for (int i = 0; i < _directions.Length; i++)
        {
            Follow(_directions[i], Rate(_constants.Lambda * Math.Pow(4, -i) / _n), normal);
        }

        _sigma *= Math.Exp(_cs / 2 * ((VectorMath.Dot(_path, _path) / _n) - 1));
        return OwnReason(values[order[0]], values[order[^1]], values[order[Math.Min(3 * order.Length / 4, order.Length - 1)]]);
    }

    internal override void SyncOptions(StateArchive archive) => LmMaOptions.Sync(archive, _options);

    internal override void SyncState(StateArchive archive)
    {
        base.SyncState(archive);
        _random.Sync(archive);
        archive.Fill(_mean);
        archive.Fill(_path);
        foreach (double[] row in _directions.Concat(_normals).Concat(_steps))
        {
            archive.Fill(row);
        }

        archive.List(_recentBest);
        _sigma = archive.Value(_sigma);
        _flat = archive.Value(_flat);
    }

    private static LmMaOptions Checked(LmMaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check("LM-MA-ES");
        return options.Directions is null or > 0 ? options : throw new ArgumentException($"LM-MA-ES needs at least one direction, it got {options.Directions}");
    }

    /// <summary>The published rates are for large n; for small n they would pass 1 and a path would remember nothing.</summary>
    private static double Rate(double published) => Math.Min(0.5, published);

    private double[][] Rows(int count) => [.. Enumerable.Range(0, count).Select(_ => new double[_n])];

    private void Follow(double[] path, double rate, double[] normal)
    {
        VectorMath.Scale(path, 1 - rate);
        VectorMath.AddScaled(path, Math.Sqrt(_constants.MuEff * rate * (2 - rate)), normal);
    }

    private double[] Decode(double[] x)
    {
        double[] mapped = (double[])x.Clone();
        _map.Map(mapped);
        return _coordinates.Point(mapped);
    }

    private StopReason OwnReason(double best, double worst, double upperQuartile)
    {
        TerminationOptions limits = _options.Termination;
        _recentBest.Insert(0, best);
        if (_recentBest.Count > 10 + (30.0 * _n / _constants.Lambda))
        {
            _recentBest.RemoveAt(_recentBest.Count - 1);
        }

        bool integers = _coordinates.HasIntegers;
        double history = _recentBest.Max() - _recentBest.Min();
        _flat = best == upperQuartile ? _flat + 1 : 0;
        double tolerance = limits.TolFun ?? (integers ? 0 : 1e-11);
        int flatLimit = limits.TolFlatFitness ?? (integers ? 0 : 1);
        if (_sigma * _steps.Max(step => step.Max(Math.Abs)) < limits.TolX)
        {
            return StopReason.TolX;
        }

        if (_recentBest.Count > 9 && worst - best < tolerance && history < tolerance)
        {
            return StopReason.TolFun;
        }

        if (_recentBest.Count > 9 && history < (limits.TolFunHistory ?? (integers ? 0 : 1e-12)))
        {
            return StopReason.TolFunHistory;
        }

        return flatLimit > 0 && _flat > flatLimit ? StopReason.FlatFitness : _sigma > limits.TolStepSizeUp * _options.Sigma ? StopReason.StepSizeUp : StopReason.None;
    }
}
