namespace LowBit.Methods.Allocation;

/// <summary>Brings allocations inside a budget.</summary>
public static class BudgetRepair
{
    /// <summary>
    /// Takes bits away, one width at a time, until the budget holds: each time from the variable with the most bits among those that lessen the excess (the
    /// one that lessens it most, then the first).
    /// </summary>
    /// <param name="allocation">Of the space of <paramref name="costs"/>.</param>
    /// <param name="costs">Costs of allocations.</param>
    /// <param name="budget">Limits.</param>
    /// <returns>The allocation itself when the budget holds.</returns>
    /// <exception cref="ArgumentException">Not even the fewest bits of all variables are within the budget.</exception>
    public static BitAllocation Run(BitAllocation allocation, CostModel costs, Budget budget)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(budget);
        while (!budget.Holds(costs.Of(allocation)))
        {
            BitAllocation now = allocation;
            BudgetStep? best = Steps(now, costs, budget).DistinctBy(static step => step.Variable).MaxBy(step => (now[step.Variable], step.Removed));
            allocation = best?.Next ?? throw new ArgumentException(
                $"no choice of bits is within the budget: the fewest bits of all layers still exceed it by {budget.Excess(costs.Of(now)) * 100:F1} %; raise the budget or add smaller widths",
                nameof(budget));
        }

        return allocation;
    }

    /// <summary>Every step of one variable to any of its smaller widths that lessens the excess over a budget, in the order of the variables, the larger width first.</summary>
    internal static IEnumerable<BudgetStep> Steps(BitAllocation allocation, CostModel costs, Budget budget)
    {
        double excess = budget.Excess(costs.Of(allocation));
        for (int v = 0; v < allocation.Count; v++)
        {
            foreach (int lower in costs.Space.Variables[v].Widths.Where(width => width < allocation[v]).Reverse())
            {
                BitAllocation next = allocation.With(v, lower);
                double removed = excess - budget.Excess(costs.Of(next));
                if (removed > 0)
                {
                    yield return new BudgetStep(v, next, removed);
                }
            }
        }
    }
}
