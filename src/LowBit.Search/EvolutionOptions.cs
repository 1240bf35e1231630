using LowBit.Search.State;

namespace LowBit.Search;

/// <summary>What every evolution strategy needs to start.</summary>
public record EvolutionOptions
{
    /// <summary>Where the search starts, [n]; inside the bounds.</summary>
    public required double[] Mean { get; init; }

    /// <summary>First standard deviation of a step, in units of x; about a third of the distance to the optimum.</summary>
    public required double Sigma { get; init; }

    /// <summary>First standard deviation of each coordinate relative to <see cref="Sigma"/>, [n]; null: 1. Give it where coordinates have different units.</summary>
    public double[]? Scales { get; init; }

    /// <summary>Bounds and integers; null: all real vectors.</summary>
    public SearchSpace? Space { get; init; }

    /// <summary>The random numbers are a function of this alone.</summary>
    public ulong Seed { get; init; }

    /// <summary>When to stop.</summary>
    public TerminationOptions Termination { get; init; } = new();

    internal SearchSpace SpaceOrAll => Space ?? SearchSpace.Unbounded(Mean.Length);

    internal void Check(string what)
    {
        int dimension = Space?.Dimension ?? Mean.Length;
        if (Mean.Length == 0 || Mean.Length != dimension || (Scales is not null && Scales.Length != Mean.Length))
        {
            throw new ArgumentException($"{what} needs mean, scales and space of one dimension, it got {Mean.Length}, {Scales?.Length ?? Mean.Length} and {dimension}");
        }

        if (!(Sigma > 0 && double.IsFinite(Sigma)) || (Scales is not null && !Scales.All(s => s > 0 && double.IsFinite(s))))
        {
            throw new ArgumentException($"{what} needs a finite step size and scales above 0, sigma is {Sigma}");
        }

        for (int j = 0; j < Mean.Length; j++)
        {
            if (!(Mean[j] >= SpaceOrAll.Lower(j) && Mean[j] <= SpaceOrAll.Upper(j) && double.IsFinite(Mean[j])))
            {
                throw new ArgumentException($"{what} cannot start at coordinate {j} = {Mean[j]}, outside its bounds {SpaceOrAll.Lower(j)} and {SpaceOrAll.Upper(j)}");
            }
        }
    }

    internal static EvolutionOptions Sync(StateArchive archive, EvolutionOptions? o) => new()
    {
        Mean = archive.Array(o?.Mean) ?? [],
        Sigma = archive.Value(o?.Sigma ?? 0),
        Scales = archive.Array(o?.Scales),
        Space = SearchSpace.Sync(archive, o?.Space),
        Seed = archive.Value(o?.Seed ?? 0),
        Termination = TerminationOptions.Sync(archive, o?.Termination ?? new TerminationOptions()),
    };
}
