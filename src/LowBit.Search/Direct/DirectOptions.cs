using LowBit.Search.State;

namespace LowBit.Search.Direct;

/// <summary>Options of the direct searches, which use no random numbers.</summary>
public sealed record DirectOptions
{
    /// <summary>Where the search starts, [n]; inside the bounds.</summary>
    public required double[] Start { get; init; }

    /// <summary>First step, in units of x.</summary>
    public required double Step { get; init; }

    /// <summary>Bounds and integers; null: all real vectors.</summary>
    public SearchSpace? Space { get; init; }

    /// <summary>Target, limits, and when a step (<see cref="TerminationOptions.TolX"/>) or a gain (<see cref="TerminationOptions.TolFun"/>) counts as none.</summary>
    public TerminationOptions Termination { get; init; } = new();

    internal SearchSpace SpaceOrAll => Space ?? SearchSpace.Unbounded(Start.Length);

    internal static DirectOptions Checked(DirectOptions options, string what)
    {
        ArgumentNullException.ThrowIfNull(options);
        new EvolutionOptions { Mean = options.Start, Sigma = options.Step, Space = options.Space }.Check(what);
        return options;
    }

    internal static DirectOptions Sync(StateArchive archive, DirectOptions? o) => new()
    {
        Start = archive.Array(o?.Start) ?? [],
        Step = archive.Value(o?.Step ?? 0),
        Space = SearchSpace.Sync(archive, o?.Space),
        Termination = TerminationOptions.Sync(archive, o?.Termination ?? new TerminationOptions()),
    };
}
