using LowBit.Search.Cma;
using LowBit.Search.State;

namespace LowBit.Search.Restarts;

/// <summary>Options of <see cref="RestartingCma"/>.</summary>
public sealed record RestartOptions
{
    /// <summary>
    /// The first run. Its target, evaluation limit and timeout hold for the whole search, its other criteria for every run.
    /// </summary>
    public required CmaOptions First { get; init; }

    /// <summary>Which strategy.</summary>
    public RestartStrategy Strategy { get; init; }

    /// <summary>Restarts with a larger population, at most; small runs of BIPOP do not count.</summary>
    public int MaxRestarts { get; init; } = 9;

    /// <summary>Where restarts begin, uniform between these two points [n]; null: the box of the space, and the first mean where a coordinate has no finite box.</summary>
    public (double[] Low, double[] High)? StartRegion { get; init; }

    internal static RestartOptions Sync(StateArchive archive, RestartOptions? o)
    {
        CmaOptions first = CmaOptions.Sync(archive, o?.First);
        double[]? low = archive.Array(o?.StartRegion?.Low), high = archive.Array(o?.StartRegion?.High);
        return new RestartOptions
        {
            First = first,
            Strategy = archive.Enumeration(o?.Strategy ?? default),
            MaxRestarts = archive.Value(o?.MaxRestarts ?? 0),
            StartRegion = low is null || high is null ? null : (low, high),
        };
    }
}
