namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// Moving super-batches (Bodner, Ben-Shalom and Treister, arXiv:2102.09298, section 3.5): all candidates of a generation are judged on the same K batches, and
/// from one generation to the next the oldest r of them make room for new ones, so that values of neighbouring generations can be compared.
/// </summary>
/// <param name="First">First batch of generation 0 in the stream.</param>
/// <param name="Batches">K.</param>
/// <param name="Moved">r.</param>
public readonly record struct MovingSuperBatch(int First, int Batches, int Moved)
{
    /// <summary>The batches of a generation, by their numbers in the stream.</summary>
    /// <param name="generation">From 0.</param>
    public IReadOnlyList<int> Of(int generation) => [.. Enumerable.Range(First + (generation * Moved), Batches)];
}
