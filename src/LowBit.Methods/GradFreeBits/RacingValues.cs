namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// What CMA-ES is told of candidates that were not all judged on all batches. It uses the order of the values alone, so every group keeps an order of its own: first those judged on all
/// batches, by their objective; then those judged on the first batch alone, by that; last those far outside the budget, which were not run, by their penalty.
/// </summary>
internal static class RacingValues
{
    /// <summary>A value for each candidate.</summary>
    /// <param name="all">Objective on all batches, or null for a candidate that was not judged on them.</param>
    /// <param name="first">Objective on the first batch, or null for a candidate that was not run; known wherever <paramref name="all"/> is.</param>
    /// <param name="penalties">Penalty of the budget.</param>
    public static double[] Of(ReadOnlySpan<double?> all, ReadOnlySpan<double?> first, ReadOnlySpan<double> penalties)
    {
        // The last of those judged on all batches, in both measures: the others go on from there by what the first batch says.
        double worst = 0, bound = 0;
        for (int i = 0; i < all.Length; i++)
        {
            worst = all[i] is { } known && double.IsFinite(known) ? Math.Max(worst, known) : worst;
            bound = all[i] is not null && first[i] is { } start && double.IsFinite(start) ? Math.Max(bound, start) : bound;
        }

        var values = new double[all.Length];
        double last = 1;
        for (int i = 0; i < all.Length; i++)
        {
            values[i] = all[i] ?? worst + Math.Max(0, (first[i] ?? 0) - bound);
            last = first[i] is not null && double.IsFinite(values[i]) ? Math.Max(last, values[i]) : last;
        }

        for (int i = 0; i < all.Length; i++)
        {
            values[i] = first[i] is null ? last + penalties[i] : values[i];
        }

        return values;
    }
}
