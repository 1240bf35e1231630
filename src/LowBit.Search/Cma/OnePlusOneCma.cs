using LowBit.Search.Boxes;
using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>
/// (1+1)-CMA-ES with active Cholesky updates: one point at a time, kept when it is not worse. Good for budgets below some 100 n evaluations. Igel,
/// Hansen and Roth, Evolutionary Computation 15(1), 2007; active update of Arnold and Hansen, GECCO 2010. Coordinates with a list are rounded plainly.
/// </summary>
public sealed class OnePlusOneCma : Optimizer
{
    internal const string KindName = "1+1-cma";
    private const double TargetRate = 2.0 / 11;
    private const double RateLearning = TargetRate / (2 + TargetRate);
    private const double RateThreshold = 0.44;
    private const int Ancestors = 5;

    private readonly EvolutionOptions _options;
    private readonly Coordinates _coordinates;
    private readonly BoxMap _map;
    private readonly Philox _random;
    private readonly int _n;
    private readonly double[] _parent;
    private readonly double[] _path;
    private readonly double[] _factor; // A with C = A Aᵀ, row-major [n, n]
    private readonly double[] _inverse; // A⁻¹
    private readonly double[] _normal; // z of the pending point
    private readonly double[] _step; // A z
    private readonly List<double> _ancestry = []; // values of parents, newest first
    private double _sigma;
    private double _success = TargetRate;

    /// <summary>A search at its start; the first point it asks for is the mean itself.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public OnePlusOneCma(EvolutionOptions options)
        : base(Checked(options).Mean.Length, options.Termination)
    {
        _options = options;
        _coordinates = new Coordinates(options.SpaceOrAll);
        _n = _coordinates.Count;
        _map = new BoxMap(_coordinates);
        _random = new Philox(options.Seed);
        _parent = _coordinates.Take(options.Mean);
        _map.Unmap(_parent);
        (_path, _normal, _step) = (new double[_n], new double[_n], new double[_n]);
        (_factor, _inverse) = (new double[_n * _n], new double[_n * _n]);
        double[] scales = options.Scales is null ? [.. Enumerable.Repeat(1.0, _n)] : _coordinates.Take(options.Scales);
        for (int j = 0; j < _n; j++)
        {
            _factor[(j * _n) + j] = scales[j];
            _inverse[(j * _n) + j] = 1 / scales[j];
        }

        _sigma = options.Sigma;
    }

    /// <summary>The present step size, in units of x / scale.</summary>
    public double Sigma => _sigma;

    internal override string Kind => KindName;

    private protected override double[][] Propose()
    {
        double[] x = (double[])_parent.Clone();
        if (Generation > 0)
        {
            _random.FillNormal(_normal);
            Multiply(_factor, _normal, _step);
            VectorMath.AddScaled(x, _sigma, _step);
        }

        _map.Map(x);
        return [_coordinates.Point(x)];
    }

    private protected override StopReason Learn(double[] values)
    {
        double value = values[0];
        if (_ancestry.Count == 0)
        {
            _ancestry.Add(value);
            return StopReason.None;
        }

        bool success = value <= _ancestry[0];
        _success = ((1 - RateLearning) * _success) + (success ? RateLearning : 0);
        if (success)
        {
            VectorMath.AddScaled(_parent, _sigma, _step);
            LearnFromSuccess();
            _ancestry.Insert(0, value);
            if (_ancestry.Count > Ancestors)
            {
                _ancestry.RemoveAt(Ancestors);
            }
        }
        else if (_ancestry.Count == Ancestors && value > _ancestry[^1])
        {
            Unlearn();
        }

        double damping = 1 + (_n / 2.0);
        _sigma *= Math.Exp((_success - TargetRate) / (1 - TargetRate) / damping);
        return OwnReason();
    }

    internal override void SyncOptions(StateArchive archive) => EvolutionOptions.Sync(archive, _options);

    internal override void SyncState(StateArchive archive)
    {
        base.SyncState(archive);
        _random.Sync(archive);
        foreach (double[] array in new[] { _parent, _path, _factor, _inverse, _normal, _step })
        {
            archive.Fill(array);
        }

        archive.List(_ancestry);
        _sigma = archive.Value(_sigma);
        _success = archive.Value(_success);
    }

    private static EvolutionOptions Checked(EvolutionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check("(1+1)-CMA-ES");
        return options;
    }

    private void LearnFromSuccess()
    {
        double rate = 2.0 / ((_n * (double)_n) + 6), cc = 2.0 / (_n + 2), keep = 1 - rate;
        VectorMath.Scale(_path, 1 - cc);
        if (_success < RateThreshold)
        {
            VectorMath.AddScaled(_path, Math.Sqrt(cc * (2 - cc)), _step);
        }
        else
        {
            keep = 1 - (rate * (1 - (cc * (2 - cc))));
        }

        double[] whitened = new double[_n];
        Multiply(_inverse, _path, whitened);
        RankOne(keep, rate, whitened, _path);
    }

    private void Unlearn()
    {
        double square = VectorMath.Dot(_normal, _normal), rate = 0.4 / (Math.Pow(_n, 1.6) + 1);
        if (square > 0)
        {
            // The factor stays regular: 1 - rate ‖z‖² / (1 + rate) ≥ 1/2.
            rate = 1 < rate * ((2 * square) - 1) ? 1 / ((2 * square) - 1) : rate;
            RankOne(1 + rate, -rate, _normal, _step);
        }
    }

    /// <summary>C = keep C + rate v vᵀ on the factor and its inverse, where v = A w: A (√keep I + b w wᵀ), and Sherman and Morrison's formula.</summary>
    private void RankOne(double keep, double rate, double[] w, double[] v)
    {
        double square = VectorMath.Dot(w, w);
        if (square == 0)
        {
            VectorMath.Scale(_factor, Math.Sqrt(keep));
            VectorMath.Scale(_inverse, 1 / Math.Sqrt(keep));
            return;
        }

        double a = Math.Sqrt(keep), b = (Math.Sqrt(1 + (rate * square / keep)) - 1) / square;
        double[] projected = new double[_n]; // wᵀ A⁻¹
        for (int i = 0; i < _n; i++)
        {
            VectorMath.AddScaled(projected, w[i], _inverse.AsSpan(i * _n, _n));
        }

        double shrink = b / (1 + (b * square));
        for (int i = 0; i < _n; i++)
        {
            Span<double> factor = _factor.AsSpan(i * _n, _n), inverse = _inverse.AsSpan(i * _n, _n);
            VectorMath.AddScaled(factor, b * v[i], w);
            VectorMath.Scale(factor, a);
            VectorMath.AddScaled(inverse, -shrink * w[i], projected);
            VectorMath.Scale(inverse, 1 / a);
        }
    }

    private void Multiply(double[] matrix, double[] x, double[] y)
    {
        for (int i = 0; i < _n; i++)
        {
            y[i] = VectorMath.Dot(matrix.AsSpan(i * _n, _n), x);
        }
    }

    private StopReason OwnReason()
    {
        double largest = 0;
        for (int i = 0; i < _n; i++)
        {
            largest = Math.Max(largest, VectorMath.Norm(_factor.AsSpan(i * _n, _n)));
        }

        TerminationOptions limits = _options.Termination;
        return _sigma * largest < limits.TolX ? StopReason.TolX : _sigma > limits.TolStepSizeUp * _options.Sigma ? StopReason.StepSizeUp : StopReason.None;
    }
}
