using System.Diagnostics;

namespace LowBit.Kernels.Tuning;

/// <summary>
/// Times candidates in turns, one short round of each after the other, so that all meet the same load and clock frequency; only figures of one call
/// of this class may be compared. Each round starts with a call that is not timed: what fits the caches is in them, as in a loop over one layer.
/// </summary>
public static class InterleavedTimer
{
    private const int WarmUps = 3;

    // Long against the clock's resolution and the cost of reading it.
    private const double RoundSeconds = 200e-6;

    private const int MostCalls = 1000;

    /// <summary>Warms every candidate up, then times it in each round.</summary>
    /// <param name="candidates">What to time; each call does the same work.</param>
    /// <param name="rounds">Rounds, 1 or more; 20 or more for figures that are quoted.</param>
    /// <param name="stop">Ends the measurement early.</param>
    /// <returns>One timing for each candidate.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public static Timing[] Measure(IReadOnlyList<Action> candidates, int rounds, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        var calls = new int[candidates.Count];
        for (int i = 0; i < candidates.Count; i++)
        {
            double seconds = double.PositiveInfinity;
            for (int warm = 0; warm < WarmUps; warm++)
            {
                stop.ThrowIfCancellationRequested();
                seconds = Math.Min(seconds, Time(candidates[i], 1));
            }

            calls[i] = (int)Math.Clamp(RoundSeconds / Math.Max(seconds, 1e-9), 1, MostCalls);
        }

        var times = new double[candidates.Count][];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = new double[rounds];
        }

        for (int round = 0; round < rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            for (int i = 0; i < candidates.Count; i++)
            {
                candidates[i]();
                times[i][round] = Time(candidates[i], calls[i]);
            }
        }

        return Array.ConvertAll(times, static rounds => Timing.Of(rounds));
    }

    private static double Time(Action candidate, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            candidate();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
