using System.Diagnostics;
using LowBit.Nn.Training;

namespace LowBit.Cli.Hosting;

/// <summary>
/// Shows training on stderr: on a terminal one line that redraws itself (bar, loss, accuracy, img/s, time left), otherwise a plain
/// line per epoch.
/// </summary>
internal sealed class TrainingLine(CliHost host, string title) : IProgress<TrainingProgress>
{
    private const int BarWidth = 24;
    private long _lastDraw;
    private int _drawn;

    /// <summary>The finished epochs, for curves.</summary>
    public List<EpochMetrics> Epochs { get; } = [];

    public void Report(TrainingProgress value)
    {
        if (value.Finished is { } finished)
        {
            Epochs.Add(finished);
            Clear();
            host.Error.WriteLine(EpochLine(value, finished));
            return;
        }

        if (host.ErrorIsTerminal && Stopwatch.GetElapsedTime(_lastDraw).TotalMilliseconds > 90)
        {
            _lastDraw = Stopwatch.GetTimestamp();
            string line = Bar(value);
            host.Error.Write("\r" + line.PadRight(_drawn));
            _drawn = line.Length;
        }
    }

    internal static string Duration(TimeSpan time)
        => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : $"{time.Minutes}:{time.Seconds:D2}";

    private string Bar(in TrainingProgress value)
    {
        double done = (value.Epoch - 1 + ((double)value.Batch / Math.Max(1, value.Batches))) / value.Epochs;
        int full = (int)(done * BarWidth);
        return $"{title}  epoch {value.Epoch}/{value.Epochs} [{new string('#', full)}{new string('-', BarWidth - full)}] "
            + $"loss {value.Loss:F3}  accuracy {value.Accuracy:P1}  {value.ImagesPerSecond:F0} img/s  {Duration(value.Remaining)} left";
    }

    private string EpochLine(in TrainingProgress value, EpochMetrics finished)
        => $"{title}  epoch {value.Epoch}/{value.Epochs}  loss {finished.TrainLoss:F4}  train {finished.TrainAccuracy:P2}"
            + (finished.TestAccuracy is { } test ? $"  test {test:P2}" : "")
            + $"  {finished.ImagesPerSecond:F0} img/s  {Duration(value.Remaining)} left";

    private void Clear()
    {
        if (host.ErrorIsTerminal && _drawn > 0)
        {
            host.Error.Write("\r" + new string(' ', _drawn) + "\r");
            _drawn = 0;
        }
    }
}
