using LowBit.Methods.Allocation;
using LowBit.Methods.Candidates;

namespace LowBit.Methods.GradFreeBits;

/// <summary>
/// Where a search by sensitivities starts: at the greedy allocation of a <see cref="SensitivityTable"/>, or at bits that are known already, those that the model was trained
/// with, uniform ones or the choice for a smaller budget, where those are better.
/// </summary>
/// <remarks>
/// A greedy allocation is fitted to the images that its sensitivities were measured on: with three bits and more, where single changes cost less than batches differ, it can come out far
/// better on them than on any others. So the two are compared on further batches. Weights that were trained with few bits favour just those, too. The table is measured once,
/// when the first budget asks for it.
/// </remarks>
public sealed class SensitivityStart
{
    private readonly CandidateEvaluator _evaluator;
    private readonly CostModel _costs;
    private readonly IReadOnlyList<CandidateBatch> _batches;
    private readonly IReadOnlyList<CandidateBatch> _further;
    private SensitivityTable? _table;

    /// <summary>Sets up starts for one model; nothing is measured yet.</summary>
    /// <param name="evaluator">Judges allocations of the model.</param>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="batches">Images to measure on, at least one batch.</param>
    /// <param name="further">Other images to compare on, at least one batch.</param>
    public SensitivityStart(CandidateEvaluator evaluator, CostModel costs, IReadOnlyList<CandidateBatch> batches, IReadOnlyList<CandidateBatch> further)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(further);
        (_evaluator, _costs, _batches, _further) = (evaluator, costs, batches, further);
    }

    /// <summary>Measures what is not measured, and chooses.</summary>
    /// <param name="known">Bits to compare with, in order of preference; brought inside the budget where they are not.</param>
    /// <param name="budget">Limits.</param>
    /// <param name="token">Stops between batches.</param>
    /// <returns>An allocation within the budget; of equals the first known one.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public BitAllocation Find(IReadOnlyList<BitAllocation> known, Budget budget, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(known);
        _table ??= SensitivityTable.Measure(_evaluator, _batches, token);
        BitAllocation[] starts = [.. known.Select(bits => BudgetRepair.Run(bits, _costs, budget)).Append(_table.Greedy(_costs, budget)).Distinct()];
        if (starts.Length == 1)
        {
            return starts[0];
        }

        CandidateJob[] jobs = [.. _further.Select(batch => new CandidateJob(batch, starts))];
        _evaluator.Run(jobs, token);
        return starts[Enumerable.Range(0, starts.Length).MinBy(i => Losses(i).Average())];

        IEnumerable<double> Losses(int i) => jobs.Select(job => double.IsNaN(job.Losses[i]) ? double.PositiveInfinity : job.Losses[i]);
    }
}
