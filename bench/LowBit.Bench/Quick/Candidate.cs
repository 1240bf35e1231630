namespace LowBit.Bench.Quick;

/// <summary>One thing to time: a name, its operations per call and the call.</summary>
internal sealed class Candidate(string name, double operations, Action run)
{
    private readonly List<double> _seconds = [];

    public string Name => name;

    public double Operations => operations;

    public double Fastest => _seconds.Min();

    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>Times one call, or the mean of several when one is too short for the clock.</summary>
    public void Time()
    {
        int calls = _seconds.Count == 0 ? 1 : (int)Math.Clamp(200e-6 / Fastest, 1, 1000);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            run();
        }

        _seconds.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
    }

    /// <summary>Runs a few times without counting: compilation, page faults, clock frequency.</summary>
    public void WarmUp()
    {
        for (int i = 0; i < 3; i++)
        {
            run();
        }
    }
}
