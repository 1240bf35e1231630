namespace LowBit.Quantization.Calibration;

/// <summary>
/// The cut of a histogram of magnitudes that loses least information: P is the histogram up to the cut, with everything beyond in its last
/// bin; Q is the same without what was beyond, merged into as many equal groups as there are levels and spread evenly over the
/// bins of P that are not empty; the cut with the least <c>KL(P‖Q) = Σ P·ln(P/Q)</c>, both normalised, wins.
/// </summary>
/// <remarks>
/// Migacz, "8-bit inference with TensorRT", GTC 2017. A bin of P whose group is empty in Q counts as <see cref="Floor"/> values there. Within a
/// group Q is constant, so that <c>Σ P·ln P</c> comes from prefix sums and a cut costs one step for each group.
/// </remarks>
internal static class KlSearch
{
    /// <summary>What an empty place of Q counts, in values.</summary>
    public const double Floor = 1e-4;

    /// <summary>The best number of bins to keep, from <paramref name="groups"/> on; the wider one of equals. All bins when there are not more than groups.</summary>
    public static int Cut(ReadOnlySpan<long> bins, int groups)
    {
        Prefix prefix = new(bins);
        int best = bins.Length;
        double least = double.PositiveInfinity;
        for (int cut = bins.Length; cut >= groups; cut--)
        {
            double divergence = Divergence(prefix, bins, cut, groups);
            if (divergence < least)
            {
                (best, least) = (cut, divergence);
            }
        }

        return best;
    }

    /// <summary>KL(P‖Q) for one cut; infinite when nothing lies below it.</summary>
    public static double Divergence(ReadOnlySpan<long> bins, int cut, int groups) => Divergence(new Prefix(bins), bins, cut, groups);

    private static double Divergence(Prefix prefix, ReadOnlySpan<long> bins, int cut, int groups)
    {
        double total = prefix.Counts[^1], beyond = total - prefix.Counts[cut];
        if (total == beyond)
        {
            return double.PositiveInfinity;
        }

        double last = bins[cut - 1];
        double sum = 0, mass = 0;
        for (int g = 0; g < groups; g++)
        {
            int from = Border(g, cut, groups), to = Border(g + 1, cut, groups);
            double count = prefix.Counts[to] - prefix.Counts[from];
            double filled = prefix.Filled[to] - prefix.Filled[from];
            double entropy = prefix.Entropy[to] - prefix.Entropy[from];
            double inside = count;
            if (to == cut && from < cut)
            {
                // The last bin of P holds what lies beyond the cut as well.
                count += beyond;
                filled += last == 0 && beyond > 0 ? 1 : 0;
                entropy += Entropy(last + beyond) - Entropy(last);
            }

            if (filled > 0)
            {
                double level = inside > 0 ? inside / filled : Floor;
                sum += entropy - (count * Math.Log(level));
                mass += level * filled;
            }
        }

        return (sum / total) + Math.Log(mass / total);
    }

    private static int Border(int group, int cut, int groups) => (int)((((long)group * cut) + groups - 1) / groups);

    private static double Entropy(double count) => count > 0 ? count * Math.Log(count) : 0;

    /// <summary>Sums below each bin: values, filled bins, Σ n·ln n.</summary>
    private sealed class Prefix
    {
        public Prefix(ReadOnlySpan<long> bins)
        {
            Counts = new double[bins.Length + 1];
            Filled = new double[bins.Length + 1];
            Entropy = new double[bins.Length + 1];
            for (int i = 0; i < bins.Length; i++)
            {
                Counts[i + 1] = Counts[i] + bins[i];
                Filled[i + 1] = Filled[i] + (bins[i] > 0 ? 1 : 0);
                Entropy[i + 1] = Entropy[i] + KlSearch.Entropy(bins[i]);
            }
        }

        public double[] Counts { get; }

        public double[] Filled { get; }

        public double[] Entropy { get; }
    }
}
