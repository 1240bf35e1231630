using LowBit.Methods.Candidates;
using LowBit.Quantization;

namespace LowBit.Methods.Allocation;

/// <summary>
/// How much the loss grows when one variable alone is lowered from its most bits: <c>Ω_v(b) = L(b_max with b_v = b) − L(b_max)</c>, measured; L is what candidates are judged by. HAWQ (Dong et al. 2019,
/// arXiv:1905.03696; HAWQ-V2, arXiv:1911.03852) estimates the same quantity by the Hessian, <c>½·Tr(H_v)/n_v·‖Q_b(w_v) − w_v‖²</c>; with forward passes that share
/// their beginnings, measuring it costs about as much and needs no second-order model.
/// </summary>
/// <remarks>
/// Few bits cost far more than batches differ, many bits far less: there a measured Ω is mostly chance, and what is chosen by it is too. So Ω of a variable's fewest bits is as measured
/// (0 at least), and every further bit divides it by 3 to 16: near the float model, where the gradient is zero, loss grows with the squared error, and a bit divides that of a normal density
/// with its best step by 3.1 to 4.1; by 1.9 from 1 to 2 bits, for which 1.5 is the least.
/// </remarks>
public sealed class SensitivityTable
{
    private const double LeastFall = 3;
    private const double LeastFallOfOneBit = 1.5;
    private const double MostFall = 16;

    private readonly BitSpace _space;
    private readonly double[][] _growth;

    private SensitivityTable(BitSpace space, double[][] growth) => (_space, _growth) = (space, growth);

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
        BitAllocation most = space.Most();
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
        double[][] growth = [.. space.Variables.Select(static _ => new double[BitWidth.Largest + 1])];
        for (int i = 1; i < candidates.Count; i++)
        {
            double change = jobs.Average(job => job.Losses[i] - job.Losses[0]);
            growth[places[i].Variable][places[i].Bits] = double.IsNaN(change) ? double.PositiveInfinity : change;
        }

        for (int v = 0; v < space.Variables.Count; v++)
        {
            Steady(space.Variables[v].Widths, growth[v]);
        }

        return new SensitivityTable(space, growth);
    }

    /// <summary>Ω of a variable, 0 or more and falling with its bits; 0 at its most bits.</summary>
    /// <param name="variable">Its index.</param>
    /// <param name="bits">One of its widths.</param>
    public double this[int variable, int bits] => _growth[variable][bits];

    /// <summary>
    /// The greedy allocation of HAWQ: from the width of least Ω of every variable downwards, always the step that adds the least loss for the excess that it removes, until the
    /// budget holds; then upwards again wherever there is room and Ω falls.
    /// </summary>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="budget">Limits.</param>
    /// <exception cref="ArgumentException">Not even the fewest bits are within the budget.</exception>
    public BitAllocation Greedy(CostModel costs, Budget budget)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(budget);
        BitAllocation allocation = BitAllocation.Of([.. _space.Variables.Select((variable, v) => variable.Widths.MinBy(width => (this[v, width], width)))]);
        while (!budget.Holds(costs.Of(allocation)))
        {
            BitAllocation now = allocation;
            BudgetStep? best = BudgetRepair.Steps(now, costs, budget).Where(step => double.IsFinite(Price(now, step))).MinBy(step => Price(now, step));
            allocation = best?.Next ?? BudgetRepair.Run(now, costs, budget);
        }

        while (Raises(allocation, costs, budget).OrderBy(raise => raise.Gain).FirstOrDefault() is { Next: { } next })
        {
            allocation = next;
        }

        return allocation;
    }

    /// <summary>Keeps each Ω but that of the most bits inside what follows from the next lower width's.</summary>
    /// <param name="widths">Ascending.</param>
    /// <param name="growth">Ω by bits.</param>
    internal static void Steady(IReadOnlyList<int> widths, double[] growth)
    {
        for (int i = 0; i < widths.Count - 1; i++)
        {
            double measured = Math.Max(0, growth[widths[i]]), below = i == 0 ? double.PositiveInfinity : growth[widths[i - 1]];
            if (double.IsFinite(below))
            {
                int gap = widths[i] - widths[i - 1];
                double least = Math.Pow(LeastFall, gap) * (widths[i - 1] == 1 ? LeastFallOfOneBit / LeastFall : 1);
                measured = Math.Clamp(measured, below / Math.Pow(MostFall, gap), below / least);
            }

            growth[widths[i]] = measured;
        }
    }

    private double Price(BitAllocation from, BudgetStep step) => Change(from, step.Next, step.Variable) / step.Removed;

    private double Change(BitAllocation from, BitAllocation to, int variable) => this[variable, to[variable]] - this[variable, from[variable]];

    // Gain is below 0; of equal gains the order of the variables decides, as OrderBy is stable.
    private IEnumerable<(double Gain, BitAllocation? Next)> Raises(BitAllocation from, CostModel costs, Budget budget)
    {
        for (int v = 0; v < from.Count; v++)
        {
            foreach (int width in _space.Variables[v].Widths.Where(width => width > from[v]))
            {
                BitAllocation next = from.With(v, width);
                double gain = Change(from, next, v);
                if (gain < 0 && budget.Holds(costs.Of(next)))
                {
                    yield return (gain, next);
                }
            }
        }
    }
}
