using LowBit.Methods.Allocation;

namespace LowBit.Methods.Candidates;

/// <summary>Candidates to be judged on one batch; the unit of work of <see cref="CandidateEvaluator"/>.</summary>
/// <param name="Batch">The images.</param>
/// <param name="Candidates">Different allocations.</param>
public sealed record CandidateJob(CandidateBatch Batch, IReadOnlyList<BitAllocation> Candidates)
{
    /// <summary>Mean loss of each candidate over the images; filled in by the evaluator.</summary>
    public double[] Losses { get; } = new double[Candidates.Count];

    /// <summary>Images that each candidate classifies rightly; filled in by the evaluator.</summary>
    public int[] Correct { get; } = new int[Candidates.Count];
}
