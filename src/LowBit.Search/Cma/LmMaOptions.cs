using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>Options of <see cref="LmMaEs"/>.</summary>
public sealed record LmMaOptions : EvolutionOptions
{
    /// <summary>λ, at least 2; null: 4 + ⌊3 ln n⌋.</summary>
    public int? PopulationSize { get; init; }

    /// <summary>Direction vectors kept, m; null: as many as λ.</summary>
    public int? Directions { get; init; }

    internal static LmMaOptions Sync(StateArchive archive, LmMaOptions? o)
    {
        EvolutionOptions shared = Sync(archive, (EvolutionOptions?)o);
        return new LmMaOptions
        {
            Mean = shared.Mean,
            Sigma = shared.Sigma,
            Scales = shared.Scales,
            Space = shared.Space,
            Seed = shared.Seed,
            Termination = shared.Termination,
            PopulationSize = archive.Value(o?.PopulationSize),
            Directions = archive.Value(o?.Directions),
        };
    }
}
