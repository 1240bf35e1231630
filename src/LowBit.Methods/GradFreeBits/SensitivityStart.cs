using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// Where a search by sensitivities starts: the best, on some batches, of the bits that the model was trained with and the greedy allocations of two
/// <see cref="SensitivityTable"/>s, around the most bits and around the trained ones.
/// </summary>
/// <remarks>
/// Around the most bits every step down is measured alone, on a model that is otherwise as good as it can be, but weights that were trained with few bits favour just those; a table
/// around the trained bits sees that. Which of the two errs less depends on the model, so both are judged.
/// </remarks>
public static class SensitivityStart
{
    /// <summary>Measures and chooses.</summary>
    /// <param name="evaluator">Judges allocations of the model.</param>
    /// <param name="trained">Bits that the model was trained with; brought inside the budget where they are not.</param>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="budget">Limits.</param>
    /// <param name="batches">Images, at least one batch.</param>
    /// <param name="token">Stops between batches.</param>
    /// <returns>An allocation within the budget; of equals the trained bits come first.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public static BitAllocation Find(
        CandidateEvaluator evaluator, BitAllocation trained, CostModel costs, Budget budget, IReadOnlyList<CandidateBatch> batches, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(batches);
        BitAllocation most = BitAllocation.Of([.. evaluator.Space.Variables.Select(static variable => variable.Widths[^1])]);
        BitAllocation[] starts =
        [
            .. new[]
            {
                BudgetRepair.Run(trained, costs, budget),
                SensitivityTable.Measure(evaluator, most, batches, token).Greedy(costs, budget),
                SensitivityTable.Measure(evaluator, trained, batches, token).Greedy(costs, budget),
            }.Distinct(),
        ];
        CandidateJob[] jobs = [.. batches.Select(batch => new CandidateJob(batch, starts))];
        evaluator.Run(jobs, token);
        int best = Enumerable.Range(0, starts.Length).MinBy(i => jobs.Average(job => double.IsNaN(job.Losses[i]) ? double.PositiveInfinity : job.Losses[i]));
        return starts[best];
    }
}
