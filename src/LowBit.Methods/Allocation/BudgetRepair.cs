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
        IReadOnlyList<BitVariable> variables = costs.Space.Variables;
        while (!budget.Holds(costs.Of(allocation)))
        {
            double excess = budget.Excess(costs.Of(allocation));
            (int Bits, double Gain, BitAllocation? Next) best = (0, 0, null);
            for (int v = 0; v < variables.Count; v++)
            {
                int lower = variables[v].Widths.LastOrDefault(width => width < allocation[v]);
                if (lower == 0)
                {
                    continue;
                }

                BitAllocation next = allocation.With(v, lower);
                double gain = excess - budget.Excess(costs.Of(next));
                if (gain > 0 && (allocation[v], gain).CompareTo((best.Bits, best.Gain)) > 0)
                {
                    best = (allocation[v], gain, next);
                }
            }

            allocation = best.Next ?? throw new ArgumentException(
                $"no choice of bits is within the budget: the fewest bits of all layers still exceed it by {excess * 100:F1} %; raise the budget or add smaller widths", nameof(budget));
        }

        return allocation;
    }
}
