using LowBit.Search.Boxes;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>Options of <see cref="CmaEs"/>; what is null takes the default of the literature.</summary>
public sealed record CmaOptions : EvolutionOptions
{
    /// <summary>λ, at least 2; null: 4 + ⌊3 ln n⌋. Take 2 to 4 times that for noisy values.</summary>
    public int? PopulationSize { get; init; }

    /// <summary>Full or diagonal covariance.</summary>
    public CovarianceForm Covariance { get; init; }

    /// <summary>Whose constants.</summary>
    public CmaConvention Convention { get; init; }

    /// <summary>Whether bad points shrink the covariance along their direction (negative weights).</summary>
    public bool Active { get; init; } = true;

    /// <summary>What to do at the bounds of real coordinates.</summary>
    public BoundsHandling Bounds { get; init; }

    /// <summary>What to do for coordinates with a list of values.</summary>
    public IntegerHandling Integers { get; init; }

    /// <summary>Smallest chance of leaving the present value, α of CMA-ES with Margin; null: 1 / (n λ).</summary>
    public double? Margin { get; init; }

    /// <summary>Standard deviations of bounded coordinates stay below this part of the box's width; ∞: no limit.</summary>
    public double MaxDeviation { get; init; } = 1.0 / 3;

    internal static CmaOptions Sync(StateArchive archive, CmaOptions? o)
    {
        EvolutionOptions shared = Sync(archive, (EvolutionOptions?)o);
        return new CmaOptions
        {
            Mean = shared.Mean,
            Sigma = shared.Sigma,
            Scales = shared.Scales,
            Space = shared.Space,
            Seed = shared.Seed,
            Termination = shared.Termination,
            PopulationSize = archive.Value(o?.PopulationSize),
            Covariance = archive.Enumeration(o?.Covariance ?? default),
            Convention = archive.Enumeration(o?.Convention ?? default),
            Active = archive.Value(o?.Active ?? false),
            Bounds = archive.Enumeration(o?.Bounds ?? default),
            Integers = archive.Enumeration(o?.Integers ?? default),
            Margin = archive.Value(o?.Margin),
            MaxDeviation = archive.Value(o?.MaxDeviation ?? 0),
        };
    }
}
