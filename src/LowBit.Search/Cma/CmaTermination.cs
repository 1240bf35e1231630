using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>The stop criteria of CMA-ES with their histories, as in pycma 4.</summary>
internal sealed class CmaTermination
{
    private const int LongHistoryEvery = 5;
    private const int LongHistoryLimit = 20_000;

    private readonly TerminationOptions _options;
    private readonly int _n;
    private readonly int _lambda;
    private readonly double _firstSigma;
    private readonly double[] _firstDeviations;
    private readonly int _flatLimit;
    private readonly double _rangeTolerance;
    private readonly double _historyTolerance;
    private readonly int _stagnationLimit;
    private readonly List<double> _recentBest = []; // newest first
    private readonly List<double> _longBest = []; // every fifth generation, oldest first
    private readonly List<double> _longMedian = [];
    private double[] _previousMean;
    private int _flat;
    private int _still;
    private double _bestEver = double.PositiveInfinity;
    private long _bestGeneration;

    public CmaTermination(TerminationOptions options, CmaConstants constants, bool hasIntegers, double sigma, double[] deviations, double[] mean)
    {
        _options = options;
        _n = constants.Dimension;
        _lambda = constants.Lambda;
        (_firstSigma, _firstDeviations) = (sigma, deviations);
        _previousMean = (double[])mean.Clone();
        _flatLimit = options.TolFlatFitness ?? (hasIntegers ? 0 : 1);
        _rangeTolerance = options.TolFun ?? (hasIntegers ? 0 : 1e-11);
        _historyTolerance = options.TolFunHistory ?? (hasIntegers ? 0 : 1e-12);
        _stagnationLimit = options.TolStagnation ?? (hasIntegers ? 0 : (int)(100 + (100 * Math.Pow(_n, 1.5) / _lambda)));
    }

    /// <summary>Takes a generation's values in ascending order and says whether the search is over.</summary>
    public StopReason Check(ReadOnlySpan<double> sorted, CmaState state)
    {
        Record(sorted, state);
        double range = sorted[^1] - sorted[0];
        double history = _recentBest.Max() - _recentBest.Min();
        if (Smaller(state))
        {
            return StopReason.TolX;
        }

        if (range < _rangeTolerance && history < _rangeTolerance)
        {
            return StopReason.TolFun;
        }

        if (_recentBest.Count > 9 && history < _historyTolerance)
        {
            return StopReason.TolFunHistory;
        }

        for (int j = 0; j < _n; j++)
        {
            if (state.Sigma * state.Covariance.Deviation(j) > _options.TolFacUpX * _firstSigma * _firstDeviations[j])
            {
                return StopReason.TolFacUpX;
            }
        }

        if (state.Covariance.Condition > _options.TolConditionCov)
        {
            return StopReason.ConditionCov;
        }

        if (_flatLimit > 0 && _flat > _flatLimit)
        {
            return StopReason.FlatFitness;
        }

        if (_stagnationLimit > 0 && Stagnates(state.Generation))
        {
            return StopReason.Stagnation;
        }

        if (_options.TolMeanStagnation > 0 && _still > 20 + (0.1 * state.Generation))
        {
            return StopReason.MeanStagnation;
        }

        return state.Sigma > _firstSigma * _options.TolStepSizeUp * state.Covariance.LargestDeviation ? StopReason.StepSizeUp
            : _options.NoEffect ? NoEffect(state) : StopReason.None;
    }

    public void Sync(StateArchive archive)
    {
        archive.List(_recentBest);
        archive.List(_longBest);
        archive.List(_longMedian);
        archive.Fill(_previousMean);
        _flat = archive.Value(_flat);
        _still = archive.Value(_still);
        _bestEver = archive.Value(_bestEver);
        _bestGeneration = archive.Value(_bestGeneration);
    }

    private void Record(ReadOnlySpan<double> sorted, CmaState state)
    {
        _recentBest.Insert(0, sorted[0]);
        if (_recentBest.Count > 10 + (30.0 * _n / _lambda))
        {
            _recentBest.RemoveAt(_recentBest.Count - 1);
        }

        if (state.Generation % LongHistoryEvery == 0 && _longBest.Count < LongHistoryLimit)
        {
            _longBest.Add(sorted[0]);
            _longMedian.Add(sorted[_lambda / 2]);
        }

        _flat = sorted[0] == sorted[Math.Min(3 * _lambda / 4, _lambda - 1)] ? _flat + 1 : 0;
        if (sorted[0] < _bestEver)
        {
            (_bestEver, _bestGeneration) = (sorted[0], state.Generation);
        }

        double moved = 0;
        for (int j = 0; j < _n; j++)
        {
            moved = Math.Max(moved, Math.Abs(state.Mean[j] - _previousMean[j]));
        }

        _still = moved < _options.TolMeanStagnation ? _still + 1 : 0;
        state.Mean.CopyTo(_previousMean, 0);
    }

    private bool Smaller(CmaState state)
    {
        bool small = true;
        for (int j = 0; small && j < _n; j++)
        {
            small = state.Sigma * state.Covariance.Deviation(j) < _options.TolX && state.Sigma * Math.Abs(state.Path[j]) < _options.TolX;
        }

        return small;
    }

    private bool Stagnates(long generation)
    {
        int length = (int)Math.Max(_stagnationLimit / (2.0 * LongHistoryEvery), _longBest.Count / 10.0);
        if (generation <= _n * (5 + (100.0 / _lambda)) || _longBest.Count <= 100 || 2 * length >= _longBest.Count
            || generation - _bestGeneration < _stagnationLimit / 2)
        {
            return false;
        }

        return NoBetter(_longMedian, length) && NoBetter(_longBest, length);
    }

    private static bool NoBetter(List<double> history, int length)
    {
        double[] values = [.. history];
        return VectorMath.Median(values.AsSpan(^length..)) >= VectorMath.Median(values.AsSpan(values.Length - (2 * length), length));
    }

    private StopReason NoEffect(CmaState state)
    {
        for (int j = 0; j < _n; j++)
        {
            if (state.Mean[j] == state.Mean[j] + (0.2 * state.Sigma * state.Covariance.Deviation(j)))
            {
                return StopReason.NoEffectCoordinate;
            }
        }

        double[] axis = new double[_n];
        state.Covariance.Axis((int)(state.Generation % _n), axis);
        for (int j = 0; j < _n; j++)
        {
            if (state.Mean[j] != state.Mean[j] + (0.1 * state.Sigma * axis[j]))
            {
                return StopReason.None;
            }
        }

        return StopReason.NoEffectAxis;
    }
}
