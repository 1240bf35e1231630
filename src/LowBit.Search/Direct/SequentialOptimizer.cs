using LowBit.Search.State;

namespace LowBit.Search.Direct;

/// <summary>
/// A method that asks for one point after another, written as the loop it is. It uses no random numbers, so what it was told is its whole state:
/// saving writes the values, loading tells them again.
/// </summary>
public abstract class SequentialOptimizer : Optimizer
{
    private readonly List<double> _told = [];
    private IEnumerator<double[]>? _points;

    private protected SequentialOptimizer(DirectOptions options)
        : base(options.Start.Length, options.Termination)
    {
        Options = options;
        Coordinates = new Coordinates(options.SpaceOrAll);
    }

    private protected DirectOptions Options { get; }

    private protected Coordinates Coordinates { get; }

    /// <summary>The value of the point yielded last.</summary>
    private protected double Value { get; private set; }

    internal override void SyncOptions(StateArchive archive) => DirectOptions.Sync(archive, Options);

    internal override void SyncState(StateArchive archive)
    {
        bool asked = archive.Value(_points is not null);
        StopReason end = archive.Enumeration(StopReason);
        double[] told = archive.Array(_told.ToArray()) ?? [];
        if (!archive.IsReading)
        {
            return;
        }

        // Everything but the time limit follows from the values.
        Replay(told);
        if (end == StopReason.Timeout && StopReason == StopReason.None)
        {
            TimeOut();
        }

        if (StopReason != end)
        {
            throw StateArchive.Damaged($"its values end it by {StopReason}, not by {end}");
        }

        if (asked && StopReason == StopReason.None)
        {
            Ask();
        }
    }

    private void Replay(double[] told)
    {
        HasClock = false;
        foreach (double value in told)
        {
            if (StopReason != StopReason.None)
            {
                throw StateArchive.Damaged("it goes on after its end");
            }

            Tell(Ask(), [value]);
        }

        HasClock = true;
    }

    /// <summary>Yields free coordinates to evaluate; <see cref="Value"/> then holds what was told.</summary>
    private protected abstract IEnumerable<double[]> Search();

    private protected override double[][] Propose()
    {
        if (_points is null)
        {
            _points = Search().GetEnumerator();
            _points.MoveNext();
        }

        return [Coordinates.Point(_points.Current)];
    }

    private protected override StopReason Learn(double[] values)
    {
        Value = values[0];
        _told.Add(Value);
        return _points!.MoveNext() ? StopReason.None : StopReason.Converged;
    }
}
