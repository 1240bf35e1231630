using LowBit.Methods.Candidates;

namespace LowBit.Methods.Allocation;

/// <summary>
/// How much the loss grows when one variable alone is lowered from its most bits: <c>Ω_v(b) = CE(b_max with b_v = b) − CE(b_max)</c>, measured. HAWQ (Dong et al. 2019,
/// arXiv:1905.03696; HAWQ-V2, arXiv:1911.03852) estimates the same quantity by the Hessian, <c>½·Tr(H_v)/n_v·‖Q_b(w_v) − w_v‖²</c>; with forward passes that share
/// their beginnings, measuring it costs about as much and needs no second-order model.
/// </summary>
public sealed class SensitivityTable
{
    private readonly BitSpace _space;
    private readonly double[,] _growth;

    private SensitivityTable(BitSpace space, double[,] growth) => (_space, _growth) = (space, growth);

    /// <summary>Measures a model.</summary>
    /// <param name="evaluator">Judges allocations of the model.</param>
    /// <param name="batches">Images, at least one batch.</param>
    /// <param name="token">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SensitivityTable Measure(CandidateEvaluator evaluator, IReadOnlyList<CandidateBatch> batches, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(batches);
        BitSpace space = evaluator.Space;
        BitAllocation most = BitAllocation.Of([.. space.Variables.Select(static variable => variable.Widths[^1])]);
        var candidates = new List<BitAllocation> { most };
        var places = new List<(int Variable, int Bits)> { (-1, 0) };
        for (int v = 0; v < space.Variables.Count; v++)
        {
            foreach (int bits in space.Variables[v].Widths.SkipLast(1))
            {
                candidates.Add(most.With(v, bits));
                places.Add((v, bits));
            }
        }

        CandidateJob[] jobs = [.. batches.Select(batch => new CandidateJob(batch, candidates))];
        evaluator.Run(jobs, token);
        var growth = new double[space.Variables.Count, 9];
        for (int i = 1; i < candidates.Count; i++)
        {
            growth[places[i].Variable, places[i].Bits] = jobs.Average(job => job.Losses[i] - job.Losses[0]);
        }

        return new SensitivityTable(space, growth);
    }

    /// <summary>Ω of a variable.</summary>
    /// <param name="variable">Its index.</param>
    /// <param name="bits">One of its widths; 0 for the most.</param>
    public double this[int variable, int bits] => _growth[variable, bits];

    /// <summary>
    /// The greedy allocation of HAWQ: from the most bits downwards, always the step that adds the least loss for the excess that it removes, until the budget holds.
    /// </summary>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="budget">Limits.</param>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public BitAllocation Greedy(CostModel costs, Budget budget)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(budget);
        BitAllocation allocation = BitAllocation.Of([.. _space.Variables.Select(static variable => variable.Widths[^1])]);
        while (!budget.Holds(costs.Of(allocation)))
        {
            BitAllocation now = allocation;
            BudgetStep? best = BudgetRepair.Steps(now, costs, budget).Where(step => double.IsFinite(Price(now, step))).MinBy(step => Price(now, step));
            allocation = best?.Next ?? BudgetRepair.Run(now, costs, budget);
        }

        return allocation;
    }

    private double Price(BitAllocation from, BudgetStep step)
        => (this[step.Variable, step.Next[step.Variable]] - this[step.Variable, from[step.Variable]]) / step.Removed;
}
