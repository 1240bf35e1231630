using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>pareto</c> part of a search recipe: a series of rounds on the warmed-up model, from small budgets to large ones.</summary>
public sealed record ParetoSection
{
    /// <summary>Budgets, 2 or more, spaced by equal factors.</summary>
    public int Points { get; set; } = 5;

    /// <summary>Widths of the uniform model whose costs are the smallest budget.</summary>
    public string From { get; set; } = "w2a2";

    /// <summary>Widths of the uniform model whose costs are the largest budget.</summary>
    public string To { get; set; } = "w4a4";

    /// <summary>Generations for each budget, 1 or more; each starts from the choice of the one before.</summary>
    public int Generations { get; set; } = 15;

    internal void Validate()
    {
        Demand.Range("pareto.points", Points, 2, 1000);
        Demand.Range("pareto.generations", Generations, 1, 1_000_000);
        foreach ((string key, string text) in (ReadOnlySpan<(string, string)>)[("pareto.from", From), ("pareto.to", To)])
        {
            if (BudgetSection.Pair(text) is null)
            {
                throw new ArgumentException($"{key} is '{text}'; write a pair of widths such as w2a2");
            }
        }
    }
}
