using LowBit.Kernels.Rng;

namespace LowBit.Nn.Training;

/// <summary>
/// Which width a quantizer of several widths has in a training step: with probability p a neighbour of the selected one, up or down with equal chance; at the
/// ends of the list the only neighbour. So the entries around the chosen bits train too, and a change of bits does not meet an untrained one.
/// </summary>
/// <remarks>A function of seed, epoch, batch and the quantizer's path, so a resumed run moves as an uninterrupted one.</remarks>
public sealed class WidthJitter
{
    // "widths" in ASCII: streams that no parameter name hashes to by intent.
    private const ulong Stream = 0x7769_6474_6873;

    private readonly ulong _seed;

    /// <summary>Fixes p and the seed.</summary>
    /// <param name="probability">p, above 0 to 1.</param>
    /// <param name="seed">The user's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is outside its range.</exception>
    public WidthJitter(double probability, ulong seed)
    {
        if (!(probability > 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability), probability, $"widths move with a probability above 0 to 1, got {probability}; leave the jitter out to train with the selected widths");
        }

        Probability = probability;
        _seed = seed;
    }

    /// <summary>p.</summary>
    public double Probability { get; }

    /// <summary>The width of a quantizer in a step.</summary>
    /// <param name="path">Path of the quantizer in its model.</param>
    /// <param name="widths">Its widths, two or more, ascending.</param>
    /// <param name="bits">The selected one of them.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="batch">From 0.</param>
    /// <exception cref="ArgumentException"><paramref name="bits"/> is not among the widths, or there is no other.</exception>
    public int Choose(string path, IReadOnlyList<int> widths, int bits, int epoch, int batch)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(widths);
        int at = Enumerable.Range(0, widths.Count).FirstOrDefault(i => widths[i] == bits, -1);
        if (at < 0 || widths.Count < 2)
        {
            throw new ArgumentException($"{bits} bits have no neighbour among the widths {string.Join(", ", widths)} of {path}; give it two or more with {bits} among them", nameof(widths));
        }

        (uint chance, uint direction, _, _) = Philox.Block(new PhiloxKey(_seed, Stream ^ Module.StableHash(path)), ((ulong)epoch << 32) + (ulong)batch);
        if (chance >= Probability * 4294967296.0)
        {
            return bits;
        }

        int step = direction < 1u << 31 ? -1 : 1;
        return widths[at + step < 0 || at + step == widths.Count ? at - step : at + step];
    }
}
