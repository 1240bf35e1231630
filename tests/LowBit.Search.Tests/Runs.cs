namespace LowBit.Search.Tests;

/// <summary>Repeated searches with the seeds 1 .. count, and what they needed.</summary>
internal sealed record Runs(double[] Evaluations, double[] Misses, int Count)
{
    /// <summary>Searches that reached the target; <see cref="Misses"/> holds the best values of the others.</summary>
    public int Successes => Evaluations.Length;

    /// <summary>Median over the successful runs; +∞ without any.</summary>
    public double Median => Quantile(0.5);

    public double Quantile(double q) => Evaluations.Length == 0 ? double.PositiveInfinity : Evaluations[(int)Math.Round(q * (Evaluations.Length - 1))];

    public static Runs Of(Func<ulong, IOptimizer> make, Func<double[], double> objective, double target = 1e-10, int count = 15)
    {
        var evaluations = new List<double>();
        var misses = new List<double>();
        for (int seed = 1; seed <= count; seed++)
        {
            IOptimizer optimizer = make((ulong)seed);
            double needed = EvaluationsUntil(optimizer, objective, target);
            if (double.IsFinite(needed))
            {
                evaluations.Add(needed);
            }
            else
            {
                misses.Add(optimizer.BestValue);
            }
        }

        evaluations.Sort();
        return new Runs([.. evaluations], [.. misses], count);
    }

    /// <summary>Values until the first one ≤ target, generations counted whole; +∞ when the search stopped before.</summary>
    public static double EvaluationsUntil(IOptimizer optimizer, Func<double[], double> objective, double target)
    {
        while (optimizer.StopReason == StopReason.None && optimizer.BestValue > target)
        {
            IReadOnlyList<double[]> points = optimizer.Ask();
            optimizer.Tell(points, points.Select(objective).ToArray());
        }

        return optimizer.BestValue <= target ? optimizer.Evaluations : double.PositiveInfinity;
    }

    public override string ToString() => $"{Median,8:0} ({Quantile(0.25):0}–{Quantile(0.75):0}), {Successes} of {Count}";
}
