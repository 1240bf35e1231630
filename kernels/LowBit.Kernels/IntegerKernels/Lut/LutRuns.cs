namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// How many groups may be added in bytes, proved from the weights themselves: a weight w adds at most <c>|w|·max a</c>, so that a run of an output's groups fits a
/// byte while <c>max a · Σ |w| ≤ 255</c>. Two-bit weights are seldom all as large as they may be, so runs become about twice as long.
/// </summary>
internal static class LutRuns
{
    /// <summary>The groups of a run, such that a sequence is cut into as few runs as possible, about as long as each other.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="weights">Codes <c>[outputs, length]</c> of the whole layer.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="sequence">Groups that are summed in one go: all, or those of a kernel row.</param>
    public static int Longest(in LutLayout layout, ReadOnlySpan<sbyte> weights, int outputs, int sequence)
    {
        int length = weights.Length / outputs, sure = Math.Min(layout.FlushGroups, sequence);
        if (layout.IsBipolar || layout.MaxActivation == 0)
        {
            return Even(sequence, (sequence + sure - 1) / sure);
        }

        // How much the groups before one add at most; two weights each, these are not bipolar.
        var before = new int[outputs * (layout.Groups + 1)];
        int most = 0;
        for (int group = 0; group < layout.Groups; group++)
        {
            int first = layout.WeightIndex(group, 0), second = layout.WeightIndex(group, 1);
            for (int o = 0; o < outputs; o++)
            {
                int at = (o * (layout.Groups + 1)) + group;
                int sum = (first >= 0 ? Math.Abs(weights[(o * length) + first]) : 0) + (second >= 0 ? Math.Abs(weights[(o * length) + second]) : 0);
                before[at + 1] = before[at] + (sum * layout.MaxActivation);
                most = Math.Max(most, (group + 1) % sequence == 0 ? before[at + 1] - before[at + 1 - sequence] : 0);
            }
        }

        int runs = Math.Max((most + byte.MaxValue - 1) / byte.MaxValue, 1);
        while (Even(sequence, runs) > sure && !Fits(before, layout.Groups, sequence, Even(sequence, runs)))
        {
            runs++;
        }

        return Even(sequence, runs);
    }

    private static int Even(int sequence, int runs) => (sequence + runs - 1) / runs;

    private static bool Fits(int[] before, int groups, int sequence, int run)
    {
        for (int first = 0; first < before.Length; first += groups + 1)
        {
            for (int at = 0; at < groups; at += sequence)
            {
                for (int i = 0; i < sequence; i += run)
                {
                    if (before[first + at + Math.Min(i + run, sequence)] - before[first + at + i] > byte.MaxValue)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
