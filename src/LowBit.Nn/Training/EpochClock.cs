using System.Diagnostics;

namespace LowBit.Nn.Training;

/// <summary>Throughput of the training steps, evaluations and checkpoints not counted, and the time of the whole run.</summary>
internal sealed class EpochClock(double secondsBefore)
{
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _epochStart;
    private long _lastReport;
    private long _epochImages;
    private long _sessionImages;
    private double _stoppedAt;
    private double _sessionSeconds;

    /// <summary>Seconds of the run, earlier sessions included.</summary>
    public double TotalSeconds => secondsBefore + Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public double ImagesPerSecond => _epochImages / Math.Max(EpochSeconds, 1e-9);

    public double SessionImagesPerSecond
    {
        get
        {
            double seconds = _sessionSeconds + (_stoppedAt > 0 ? 0 : EpochSeconds);
            return _sessionImages == 0 ? 0 : _sessionImages / Math.Max(seconds, 1e-9);
        }
    }

    private double EpochSeconds => _stoppedAt > 0 ? _stoppedAt : Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;

    public void StartEpoch()
    {
        _epochStart = Stopwatch.GetTimestamp();
        _epochImages = 0;
        _stoppedAt = 0;
    }

    public void Trained(int images)
    {
        _epochImages += images;
        _sessionImages += images;
    }

    public void StopTraining()
    {
        _stoppedAt = Math.Max(EpochSeconds, 1e-9);
        _sessionSeconds += _stoppedAt;
    }

    public bool IsReportDue()
    {
        if (Stopwatch.GetElapsedTime(_lastReport) < s_reportEvery)
        {
            return false;
        }

        _lastReport = Stopwatch.GetTimestamp();
        return true;
    }
}
