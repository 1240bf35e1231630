using LowBit.Quantization.StepSources;

namespace LowBit.Quantization;

/// <summary>
/// The parts of a quantizer at every width that it can be switched to. Each width has a complete set of parts; with a <see cref="Curve"/> their steps follow
/// from numbers that all of them share.
/// </summary>
public sealed class QuantizerWidths
{
    /// <summary>An ordinary quantizer: one width.</summary>
    /// <param name="parts">Its parts.</param>
    public QuantizerWidths(QuantizerParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        All = [parts];
        Bits = [parts.Range.Width.Bits];
    }

    /// <summary>Several widths.</summary>
    /// <param name="all">One set of parts for each, in ascending order of their bits, of one method and with equally many plain learned steps.</param>
    /// <param name="start">The bits to start with, among those of <paramref name="all"/>.</param>
    /// <param name="curve">Holds what the widths share; null when each has its own.</param>
    /// <exception cref="ArgumentException">The sets do not go together; the sentence says why.</exception>
    public QuantizerWidths(IReadOnlyList<QuantizerParts> all, int start, ClipCurve? curve = null)
    {
        ArgumentNullException.ThrowIfNull(all);
        int[] bits = [.. all.Select(static parts => parts.Range.Width.Bits)];
        All = all;
        Bits = bits;
        Curve = curve;
        Start = Array.IndexOf(bits, start);
        if (Start < 0)
        {
            throw new ArgumentException($"a quantizer starts with one of its widths, but {start} is not among {string.Join(", ", Bits)}; add it or start with another", nameof(start));
        }

        for (int i = 1; i < all.Count; i++)
        {
            if (Bits[i] <= Bits[i - 1])
            {
                throw new ArgumentException($"widths stand in ascending order and once, got {string.Join(", ", Bits)}; sort them", nameof(all));
            }

            if (all[i].Kind != all[0].Kind || all[i].Steps.Step.Length != all[0].Steps.Step.Length)
            {
                throw new ArgumentException($"all widths have one method and equally many steps, but {Bits[0]} and {Bits[i]} bits differ; build them from the same options", nameof(all));
            }
        }

        if (all.Count > 1 && all.FirstOrDefault(static parts => parts.Steps is not (LearnedStep or LearnedClip or CurvedStep)) is { } other)
        {
            throw new ArgumentException($"a quantizer of several widths learns plain steps, but {other.Kind} holds a {other.Steps.GetType().Name}; use one width", nameof(all));
        }
    }

    /// <summary>The parts, in ascending order of the bits.</summary>
    public IReadOnlyList<QuantizerParts> All { get; }

    /// <summary>The bits of <see cref="All"/>.</summary>
    public IReadOnlyList<int> Bits { get; }

    /// <summary>Index of the starting width.</summary>
    public int Start { get; }

    /// <summary>What the widths share, or null.</summary>
    public ClipCurve? Curve { get; }
}
