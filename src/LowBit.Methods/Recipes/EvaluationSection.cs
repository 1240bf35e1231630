using LowBit.Methods.Candidates;
using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>evaluation</c> part of a search recipe: on which images candidates are judged (moving super-batches).</summary>
public sealed record EvaluationSection
{
    /// <summary>Images of a batch, 2 or more.</summary>
    public int Batch { get; set; } = 128;

    /// <summary>K, batches of a super-batch, 1 or more.</summary>
    public int Batches { get; set; } = 4;

    /// <summary>r, batches that are replaced from one generation to the next, 0 to K.</summary>
    public int Moved { get; set; } = 1;

    /// <summary>
    /// True to run candidates far outside the budget not at all, and those that are in the worse half after the first batch not on the others; CMA-ES uses the order alone.
    /// </summary>
    public bool Racing { get; set; } = true;

    /// <summary>What batch norms use.</summary>
    public NormStatistics Norms { get; set; } = NormStatistics.Batch;

    /// <summary>Best candidates of a round that are judged again before one is chosen, 1 or more.</summary>
    public int Finalists { get; set; } = 8;

    /// <summary>Batches on which they are judged, 1 or more.</summary>
    public int FinalBatches { get; set; } = 16;

    internal void Validate()
    {
        Demand.Range("evaluation.batch", Batch, 2, 1_000_000);
        Demand.Range("evaluation.batches", Batches, 1, 100_000);
        Demand.Range("evaluation.moved", Moved, 0, Batches);
        Demand.Range("evaluation.finalists", Finalists, 1, 10_000);
        Demand.Range("evaluation.finalBatches", FinalBatches, 1, 100_000);
    }
}
