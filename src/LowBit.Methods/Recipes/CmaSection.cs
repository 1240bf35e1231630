using LowBit.Methods.Allocation;
using LowBit.Nn.Recipes;
using LowBit.Search.Cma;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>cma</c> part of a search recipe: the optimiser of a gradient-free round.</summary>
public sealed record CmaSection
{
    /// <summary>Generations of a round, 1 or more.</summary>
    public int Generations { get; set; } = 25;

    /// <summary>λ, candidates of a generation; 0 for 4 + ⌊3 ln n⌋.</summary>
    public int Population { get; set; }

    /// <summary>First standard deviation of a variable, in bits (linear) or doublings (exponential); above 0.</summary>
    public double Sigma { get; set; } = 0.75;

    /// <summary>What a coordinate is: the bits, or their logarithm to base 2.</summary>
    public Parametrization Parametrization { get; set; } = Parametrization.Linear;

    /// <summary>What keeps rounded coordinates moving; <c>Rounding</c> is plain rounding, the ablation.</summary>
    public IntegerHandling Integers { get; set; } = IntegerHandling.Margin;

    /// <summary>Where the first round starts.</summary>
    public SearchStart Start { get; set; } = SearchStart.Current;

    internal void Validate()
    {
        Demand.Range("cma.generations", Generations, 1, 1_000_000);
        if (Population != 0)
        {
            Demand.Range("cma.population", Population, 2, 100_000);
        }

        Demand.Positive("cma.sigma", Sigma);
    }
}
