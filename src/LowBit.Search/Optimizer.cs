using System.Diagnostics;
using LowBit.Search.State;

namespace LowBit.Search;

/// <summary>What all optimisers share: the order of asking and telling, the best point, the general stop criteria and saving.</summary>
public abstract class Optimizer : IOptimizer
{
    private readonly TerminationOptions _termination;
    private readonly long _started = Stopwatch.GetTimestamp();
    private double[][]? _pending;
    private double[]? _best;

    private protected Optimizer(int dimension, TerminationOptions termination)
    {
        Dimension = dimension;
        _termination = termination;
    }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public long Evaluations { get; private set; }

    /// <inheritdoc/>
    public long Generation { get; private set; }

    /// <inheritdoc/>
    public double[]? BestPoint => (double[]?)_best?.Clone();

    /// <inheritdoc/>
    public double BestValue { get; private set; } = double.PositiveInfinity;

    /// <inheritdoc/>
    public StopReason StopReason { get; private set; }

    /// <summary>The word that names this kind of optimiser in a saved file.</summary>
    internal abstract string Kind { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double[]> Ask()
    {
        if (StopReason != StopReason.None)
        {
            throw new InvalidOperationException($"the search has stopped ({StopReason}); read its best point or start another");
        }

        _pending ??= Propose();
        return Array.ConvertAll(_pending, static point => (double[])point.Clone());
    }

    /// <inheritdoc/>
    public void Tell(IReadOnlyList<double[]> candidates, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        double[][] pending = _pending ?? throw new InvalidOperationException("no points are waiting for values; call Ask before Tell");
        if (candidates.Count != pending.Length || values.Length != pending.Length)
        {
            throw new ArgumentException($"{pending.Length} points were asked for, but {candidates.Count} points and {values.Length} values were told");
        }

        for (int i = 0; i < pending.Length; i++)
        {
            if (!candidates[i].AsSpan().SequenceEqual(pending[i]))
            {
                throw new ArgumentException($"point {i} is not the one that was asked for; tell the points of Ask unchanged and in their order");
            }
        }

        double[] cleaned = values.ToArray();
        for (int i = 0; i < cleaned.Length; i++)
        {
            cleaned[i] = double.IsNaN(cleaned[i]) ? double.PositiveInfinity : cleaned[i];
            if (cleaned[i] < BestValue)
            {
                BestValue = cleaned[i];
                _best = pending[i];
            }
        }

        Evaluations += cleaned.Length;
        Generation++;
        StopReason own = Learn(cleaned);
        _pending = null;
        StopReason general = GeneralReason();
        StopReason = general != StopReason.None ? general : own;
    }

    /// <inheritdoc/>
    public void Save(Stream stream) => OptimizerFile.Save(this, stream);

    /// <summary>False while values of an earlier process are told again: their time has passed already.</summary>
    private protected bool HasClock { get; set; } = true;

    /// <summary>Ends the search as its time limit ended it before it was saved.</summary>
    private protected void TimeOut() => StopReason = StopReason.Timeout;

    /// <summary>The next points, of full dimension.</summary>
    private protected abstract double[][] Propose();

    /// <summary>Takes the values of the last proposal (no NaN among them); returns the method's own reason to stop.</summary>
    private protected abstract StopReason Learn(double[] values);

    /// <summary>The generation limit that holds when the options name none.</summary>
    private protected virtual double DefaultMaxGenerations => double.PositiveInfinity;

    internal abstract void SyncOptions(StateArchive archive);

    internal virtual void SyncState(StateArchive archive)
    {
        Evaluations = archive.Value(Evaluations);
        Generation = archive.Value(Generation);
        BestValue = archive.Value(BestValue);
        StopReason = archive.Enumeration(StopReason);
        _best = archive.Array(_best);
        _pending = archive.Arrays(_pending) as double[][];
        if ((_best is not null && _best.Length != Dimension) || (_pending?.Any(point => point is null || point.Length != Dimension) ?? false))
        {
            throw StateArchive.Damaged($"a point does not have {Dimension} coordinates");
        }
    }

    private StopReason GeneralReason()
    {
        if (BestValue <= _termination.Target)
        {
            return StopReason.Target;
        }

        if (Evaluations >= _termination.MaxEvaluations)
        {
            return StopReason.MaxEvaluations;
        }

        if (Generation >= (_termination.MaxGenerations ?? DefaultMaxGenerations))
        {
            return StopReason.MaxGenerations;
        }

        return HasClock && Stopwatch.GetElapsedTime(_started).TotalSeconds >= _termination.Timeout ? StopReason.Timeout : StopReason.None;
    }
}
