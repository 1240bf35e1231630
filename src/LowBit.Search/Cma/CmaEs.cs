using LowBit.Search.Boxes;
using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>
/// (μ/μ_w, λ)-CMA-ES with active covariance: samples x = m + σ N(0, C), moves m to the weighted mean of the better half, learns C from the steps
/// of all points and σ from the length of the mean's path. Hansen, arXiv 1604.00772; full or diagonal C, bounds and integers by option.
/// </summary>
public sealed class CmaEs : Optimizer
{
    internal const string KindName = "cma-es";
    private const int ResamplingLimit = 100;

    private readonly CmaOptions _options;
    private readonly Coordinates _coordinates;
    private readonly BoxMap? _map;
    private readonly Margin? _margin;
    private readonly IntegerMutation? _mutation;
    private readonly CmaConstants _constants;
    private readonly ICovariance _covariance;
    private readonly CmaTermination _termination;
    private readonly AdaptivePenalty? _penalty;
    private readonly Philox _random;
    private readonly int _n;
    private readonly double _refreshEvery;

    private readonly double[] _mean;
    private readonly double[] _sigmaPath;
    private readonly double[] _covariancePath;
    private readonly double[][] _points; // raw x of the pending generation
    private double _sigma;
    private double _sinceRefresh;

    /// <summary>A search at its start.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public CmaEs(CmaOptions options)
        : base(Checked(options).Mean.Length, options.Termination)
    {
        _options = options;
        _coordinates = new Coordinates(options.SpaceOrAll, openIntegers: options.Integers == IntegerHandling.Margin);
        _n = _coordinates.Count;
        bool diagonal = options.Covariance == CovarianceForm.Diagonal || (options.Covariance == CovarianceForm.Auto && _n > 200);
        _constants = CmaConstants.For(_n, options.PopulationSize ?? CmaConstants.DefaultLambda(_n), options.Convention, diagonal, options.Active);
        _refreshEvery = 1 / (10 * _n * (_constants.C1 + _constants.Cmu));
        _random = new Philox(options.Seed);
        _sigma = options.Sigma;
        _sigmaPath = new double[_n];
        _covariancePath = new double[_n];
        _points = new double[_constants.Lambda][];
        for (int k = 0; k < _points.Length; k++)
        {
            _points[k] = new double[_n];
        }

        _mean = _coordinates.Take(options.Mean);
        double[] deviations = options.Scales is null ? [.. Enumerable.Repeat(1.0, _n)] : _coordinates.Take(options.Scales);
        for (int j = 0; j < _n; j++)
        {
            deviations[j] = Math.Min(deviations[j], LargestDeviation(j) / _sigma);
        }

        if (options.Bounds == BoundsHandling.Transform)
        {
            _map = new BoxMap(_coordinates);
            _map.Unmap(_mean);
        }

        if (_coordinates.HasIntegers)
        {
            _margin = options.Integers == IntegerHandling.Margin ? new Margin(_coordinates, options.Margin ?? 1.0 / (_n * _constants.Lambda)) : null;
            _mutation = options.Integers == IntegerHandling.Mutation ? new IntegerMutation(_coordinates, _constants) : null;
        }

        _covariance = diagonal ? new DiagonalCovariance(deviations) : new FullCovariance(deviations);
        _penalty = options.Bounds == BoundsHandling.Penalty ? new AdaptivePenalty(_n, _constants.Lambda, _constants.MuEff) : null;
        _termination = new CmaTermination(options.Termination, _constants, _coordinates.HasIntegers, _sigma, deviations, _mean);
    }

    /// <summary>The constants in use.</summary>
    public CmaConstants Constants => _constants;

    /// <summary>The present step size, in units of x.</summary>
    public double Sigma => _sigma;

    /// <summary>The point that the distribution's mean stands for, [n]: folded into the bounds, integers rounded. Often better than the best point when values are noisy.</summary>
    public double[] Mean => Decode(_mean);

    internal override string Kind => KindName;

    private protected override double DefaultMaxGenerations => 100 + (150 * (_n + 3.0) * (_n + 3) / Math.Sqrt(_constants.Lambda));

    private protected override double[][] Propose()
    {
        double[] z = new double[_n], y = new double[_n];
        _mutation?.Begin(Mapped(_mean), Deviations(), _random);
        for (int k = 0; k < _points.Length; k++)
        {
            double[] x = _points[k];
            int attempt = 0;
            do
            {
                _random.FillNormal(z);
                _covariance.Color(z, y);
                for (int j = 0; j < _n; j++)
                {
                    x[j] = _mean[j] + (_sigma * y[j]);
                }

                _mutation?.Mutate(k, x, _random);
            }
            while (_options.Bounds == BoundsHandling.Resample && !Inside(x) && ++attempt < ResamplingLimit);

            if (_options.Bounds == BoundsHandling.Resample)
            {
                Clip(x);
            }
        }

        return Array.ConvertAll(_points, Decode);
    }

    private protected override StopReason Learn(double[] values)
    {
        double[] sorted = Penalised(values);
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, order, Comparer<double>.Default);
        SettleTies(sorted, order);
        double[][] steps = Array.ConvertAll(order, k => Step(_points[k]));
        long generation = Generation;

        double[] meanStep = new double[_n];
        for (int i = 0; i < _constants.Mu; i++)
        {
            VectorMath.AddScaled(meanStep, _constants.Weights[i], steps[i]);
        }

        UpdatePaths(meanStep, generation, out double stalled);
        _mutation?.Remember(Mapped(_points[order[0]]), Mapped(_mean));
        VectorMath.AddScaled(_mean, _sigma, meanStep);
        UpdateCovariance(steps, stalled);
        UpdateSigma();
        LimitDeviations();
        _margin?.Correct(_mean, _sigma, _covariance);
        if (++_sinceRefresh >= _refreshEvery)
        {
            _covariance.Refresh();
            _sinceRefresh = 0;
        }

        return _termination.Check(sorted, new CmaState(generation, _sigma, _mean, _covariancePath, _covariance));
    }

    internal override void SyncOptions(StateArchive archive) => CmaOptions.Sync(archive, _options);

    internal override void SyncState(StateArchive archive)
    {
        base.SyncState(archive);
        _random.Sync(archive);
        archive.Fill(_mean);
        archive.Fill(_sigmaPath);
        archive.Fill(_covariancePath);
        foreach (double[] point in _points)
        {
            archive.Fill(point);
        }

        _sigma = archive.Value(_sigma);
        _sinceRefresh = archive.Value(_sinceRefresh);
        _covariance.Sync(archive);
        _termination.Sync(archive);
        _penalty?.Sync(archive);
        _margin?.Sync(archive);
        _mutation?.Sync(archive);
    }

    private static CmaOptions Checked(CmaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check("CMA-ES");
        if (!(options.MaxDeviation > 0) || options.Margin is not (null or (> 0 and < 0.5)))
        {
            throw new ArgumentException($"CMA-ES needs a largest deviation above 0 and a margin between 0 and 0.5, it got {options.MaxDeviation} and {options.Margin}");
        }

        return options;
    }

    private double[] Decode(double[] x) => _coordinates.Point(Mapped(x));

    /// <summary>The coordinates that x stands for, before rounding.</summary>
    private double[] Mapped(double[] x)
    {
        double[] mapped = (double[])x.Clone();
        _map?.Map(mapped);
        _margin?.Encode(mapped, _mean);
        return mapped;
    }

    private double[] Deviations() => [.. Enumerable.Range(0, _n).Select(j => _sigma * _covariance.Deviation(j))];

    private double[] Step(double[] x)
    {
        double[] y = new double[_n];
        for (int j = 0; j < _n; j++)
        {
            y[j] = (x[j] - _mean[j]) / _sigma;
        }

        return y;
    }

    private bool Inside(double[] x)
    {
        bool inside = true;
        for (int j = 0; inside && j < _n; j++)
        {
            inside = x[j] >= _coordinates.Lower[j] && x[j] <= _coordinates.Upper[j];
        }

        return inside;
    }

    private void Clip(double[] x)
    {
        for (int j = 0; j < _n; j++)
        {
            x[j] = Math.Clamp(x[j], _coordinates.Lower[j], _coordinates.Upper[j]);
        }
    }

    private double[] Penalised(double[] values)
    {
        double[] result = (double[])values.Clone();
        if (_penalty is not null)
        {
            _penalty.Adapt(values, _mean, Deviations(), _coordinates);
            for (int k = 0; k < result.Length; k++)
            {
                result[k] += _penalty.Of(_points[k], _coordinates);
            }
        }

        return result;
    }

    /// <summary>Equal values rank in the order they were drawn; the library's sort leaves that open.</summary>
    private static void SettleTies(double[] sorted, int[] order)
    {
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                end++;
            }

            Array.Sort(order, start, end - start);
            start = end;
        }
    }

    private void UpdatePaths(double[] meanStep, long generation, out double stalled)
    {
        double cs = _constants.Cs, cc = _constants.Cc;
        double[] whitened = new double[_n];
        _covariance.Whiten(meanStep, whitened);
        VectorMath.Scale(_sigmaPath, 1 - cs);
        VectorMath.AddScaled(_sigmaPath, Math.Sqrt(cs * (2 - cs) * _constants.MuEff), whitened);

        double square = VectorMath.Dot(_sigmaPath, _sigmaPath);
        double settled = 1 - Math.Pow(1 - cs, 2.0 * generation);
        bool moving = _options.Convention == CmaConvention.Pycma
            ? square / settled / _n < 2 + (4.0 / (_n + 1))
            : Math.Sqrt(square / settled) < (1.4 + (2.0 / (_n + 1))) * _constants.ChiN;
        VectorMath.Scale(_covariancePath, 1 - cc);
        if (moving)
        {
            VectorMath.AddScaled(_covariancePath, Math.Sqrt(cc * (2 - cc) * _constants.MuEff), meanStep);
        }

        stalled = moving ? 0 : _constants.C1 * cc * (2 - cc);
    }

    private void UpdateCovariance(double[][] steps, double stalled)
    {
        double[] weights = new double[steps.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            double w = _constants.Weights[i];

            // Normalising the steps of negative weights is what keeps C positive definite.
            weights[i] = _constants.Cmu * (w >= 0 ? w : w * _n / Math.Max(_covariance.WhitenedSquare(steps[i]), 1e-300));
        }

        double decay = 1 + stalled - _constants.C1 - (_constants.Cmu * _constants.WeightSum);
        _covariance.Update(decay, _constants.C1, _covariancePath, weights, steps);
    }

    private void UpdateSigma()
    {
        double relative = _mutation is null ? VectorMath.Norm(_sigmaPath) / _constants.ChiN : _mutation.RelativeLength(_sigmaPath, Mapped(_mean), Deviations());
        double exponent = _constants.Cs / _constants.Ds * (relative - 1);
        _sigma *= Math.Exp(Math.Min(1, exponent));
    }

    private double LargestDeviation(int j)
        => double.IsFinite(_options.MaxDeviation) ? _options.MaxDeviation * (_coordinates.Upper[j] - _coordinates.Lower[j]) : double.PositiveInfinity;

    private void LimitDeviations()
    {
        for (int j = 0; j < _n; j++)
        {
            double factor = LargestDeviation(j) / (_sigma * _covariance.Deviation(j));
            if (factor < 1)
            {
                _covariance.ScaleCoordinate(j, factor);
                _covariancePath[j] *= factor;
            }
        }
    }
}
