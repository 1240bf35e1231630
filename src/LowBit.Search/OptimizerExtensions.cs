namespace LowBit.Search;

/// <summary>The loop around ask and tell.</summary>
public static class OptimizerExtensions
{
    /// <summary>Asks, evaluates and tells until the search stops.</summary>
    /// <param name="optimizer">The search; it may have begun before.</param>
    /// <param name="objective">The function to minimise; with more than one thread it is called from several at once.</param>
    /// <param name="threads">Threads that evaluate the points of a generation; the result does not depend on it.</param>
    /// <param name="afterGeneration">Called after each generation: the place to report, or to save.</param>
    /// <returns>The smallest value found.</returns>
    public static double Minimize(this IOptimizer optimizer, Func<double[], double> objective, int threads = 1, Action<IOptimizer>? afterGeneration = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        while (optimizer.StopReason == StopReason.None)
        {
            IReadOnlyList<double[]> points = optimizer.Ask();
            double[] values = new double[points.Count];
            if (threads == 1)
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = objective((double[])points[i].Clone());
                }
            }
            else
            {
                Parallel.For(0, values.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => values[i] = objective((double[])points[i].Clone()));
            }

            optimizer.Tell(points, values);
            afterGeneration?.Invoke(optimizer);
        }

        return optimizer.BestValue;
    }
}
