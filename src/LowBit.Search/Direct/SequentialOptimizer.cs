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
        double[] told = archive.Array(_told.ToArray()) ?? [];
        if (archive.IsReading)
        {
            foreach (double value in told)
            {
                if (StopReason != StopReason.None)
                {
                    throw StateArchive.Damaged("it goes on after its end");
                }

                Tell(Ask(), [value]);
            }

            if (asked && StopReason == StopReason.None)
            {
                Ask();
            }
        }
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
