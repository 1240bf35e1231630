using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// Where a search by sensitivities starts: at the greedy allocation of a <see cref="SensitivityTable"/>, or at the bits that the model was trained with where those are
/// better.
/// </summary>
/// <remarks>
/// A greedy allocation is fitted to the images that its sensitivities were measured on: with three bits and more, where single changes cost less than batches differ, it can come out far
/// better on them than on any others. So the two are compared on further batches. Weights that were trained with few bits favour just those, too.
/// </remarks>
public static class SensitivityStart
{
    /// <summary>Measures and chooses.</summary>
    /// <param name="evaluator">Judges allocations of the model.</param>
    /// <param name="trained">Bits that the model was trained with; brought inside the budget where they are not.</param>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="budget">Limits.</param>
    /// <param name="batches">Images to measure on, at least one batch.</param>
    /// <param name="further">Other images to compare on, at least one batch.</param>
    /// <param name="token">Stops between batches.</param>
    /// <returns>An allocation within the budget; of equals the trained bits.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public static BitAllocation Find(
        CandidateEvaluator evaluator, BitAllocation trained, CostModel costs, Budget budget, IReadOnlyList<CandidateBatch> batches, IReadOnlyList<CandidateBatch> further,
        CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(further);
        BitAllocation inside = BudgetRepair.Run(trained, costs, budget), greedy = SensitivityTable.Measure(evaluator, batches, token).Greedy(costs, budget);
        if (inside == greedy)
        {
            return inside;
        }

        CandidateJob[] jobs = [.. further.Select(batch => new CandidateJob(batch, [inside, greedy]))];
        evaluator.Run(jobs, token);
        return jobs.Average(static job => job.Losses[1]) < jobs.Average(static job => job.Losses[0]) ? greedy : inside;
    }
}
