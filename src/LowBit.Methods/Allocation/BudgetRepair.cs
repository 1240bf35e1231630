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
    /// <remarks>
    /// Times do not always fall with one variable alone: a kernel for few bits may ask for both operands to be narrow. Where no single step helps, weights and input of a layer step together,
    /// and where none of these does, all variables take their fewest bits.
    /// </remarks>
    /// <exception cref="ArgumentException">Not even the fewest bits of all variables are within the budget.</exception>
    public static BitAllocation Run(BitAllocation allocation, CostModel costs, Budget budget)
        => Find(allocation, costs, budget) ?? throw new ArgumentException(
            $"no choice of bits is within the budget: the fewest bits of all layers still exceed it by {budget.Excess(costs.Of(Fewest(costs.Space))) * 100:F1} %; raise the budget or add smaller widths",
            nameof(budget));

    /// <summary>As <see cref="Run"/>, but null when no allocation within the budget is found.</summary>
    internal static BitAllocation? Find(BitAllocation allocation, CostModel costs, Budget budget)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(budget);
        while (!budget.Holds(costs.Of(allocation)))
        {
            BitAllocation now = allocation;
            BudgetStep? best = Steps(now, costs, budget).DistinctBy(static step => step.Variable).MaxBy(step => (now[step.Variable], step.Removed))
                ?? Pairs(now, costs, budget).MaxBy(static step => step.Removed);
            if (best is null)
            {
                BitAllocation fewest = Fewest(costs.Space);
                return budget.Holds(costs.Of(fewest)) ? fewest : null;
            }

            allocation = best.Next;
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

    // Steps of weights and input of one layer together.
    private static IEnumerable<BudgetStep> Pairs(BitAllocation allocation, CostModel costs, Budget budget)
    {
        double excess = budget.Excess(costs.Of(allocation));
        foreach (LayerSlot slot in costs.Space.Layers.Where(static slot => slot.Weights >= 0 && slot.Input >= 0))
        {
            foreach (int weights in costs.Space.Variables[slot.Weights].Widths.Where(width => width < allocation[slot.Weights]))
            {
                foreach (int input in costs.Space.Variables[slot.Input].Widths.Where(width => width < allocation[slot.Input]))
                {
                    BitAllocation next = allocation.With(slot.Weights, weights).With(slot.Input, input);
                    double removed = excess - budget.Excess(costs.Of(next));
                    if (removed > 0)
                    {
                        yield return new BudgetStep(slot.Weights, next, removed);
                    }
                }
            }
        }
    }

    private static BitAllocation Fewest(BitSpace space) => BitAllocation.Of([.. space.Variables.Select(static variable => variable.Widths[0])]);
}
