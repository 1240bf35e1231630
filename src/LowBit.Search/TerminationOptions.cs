using LowBit.Search.State;

namespace LowBit.Search;

/// <summary>
/// When a search ends; the defaults are those of pycma 4. Values with plateaus (losses of quantized networks over bits) would end a run early:
/// searches with integers therefore leave some criteria out by default, and <see cref="ForPlateaus"/> leaves out all of that kind.
/// </summary>
public sealed record TerminationOptions
{
    /// <summary>Stop when a value is ≤ this.</summary>
    public double Target { get; init; } = double.NegativeInfinity;

    /// <summary>Stop after this many values; null: no limit.</summary>
    public long? MaxEvaluations { get; init; }

    /// <summary>Stop after this many generations; null: 100 + 150 (n + 3)² / √λ for the CMA family, no limit for the others.</summary>
    public long? MaxGenerations { get; init; }

    /// <summary>Stop after this many seconds of wall-clock time between construction (or loading) and telling; null: no limit. The only criterion that does not repeat.</summary>
    public double? Timeout { get; init; }

    /// <summary>Stop when every σ √C_jj and every σ p_c,j is below this (units of x).</summary>
    public double TolX { get; init; } = 1e-11;

    /// <summary>Stop when the range of this generation's values and that of the recent best ones are both below this; null: 1e-11, off (0) with integers.</summary>
    public double? TolFun { get; init; }

    /// <summary>Stop when the range of the best values of the last 10 + 30 n / λ generations is below this; null: 1e-12, off (0) with integers.</summary>
    public double? TolFunHistory { get; init; }

    /// <summary>Stop when a coordinate's standard deviation exceeds this many times its first one.</summary>
    public double TolFacUpX { get; init; } = 1e3;

    /// <summary>Stop when the condition number of C exceeds this.</summary>
    public double TolConditionCov { get; init; } = 1e14;

    /// <summary>Stop when best and 75 %-quantile value were equal in more than this many generations in a row; null: 1, off (0) with integers.</summary>
    public int? TolFlatFitness { get; init; }

    /// <summary>Generations without improvement of best and median; null: 100 + 100 n^1.5 / λ, off (0) with integers.</summary>
    public int? TolStagnation { get; init; }

    /// <summary>Stop when the mean moved by less than this for 20 + 0.1 g generations in a row; 0: off.</summary>
    public double TolMeanStagnation { get; init; } = 1e-9;

    /// <summary>Stop when σ grew by more than this factor times the largest standard deviation of C.</summary>
    public double TolStepSizeUp { get; init; } = 1e20;

    /// <summary>Stop when steps of a fraction of σ no longer change the mean in floating point.</summary>
    public bool NoEffect { get; init; } = true;

    /// <summary>These options without the criteria that end a run on a plateau of equal values.</summary>
    public TerminationOptions ForPlateaus() => this with { TolFlatFitness = 0, TolStagnation = 0, TolFun = 0, TolFunHistory = 0, TolMeanStagnation = 0 };

    internal static TerminationOptions Sync(StateArchive archive, TerminationOptions o) => new()
    {
        Target = archive.Value(o.Target),
        MaxEvaluations = archive.Value(o.MaxEvaluations),
        MaxGenerations = archive.Value(o.MaxGenerations),
        Timeout = archive.Value(o.Timeout),
        TolX = archive.Value(o.TolX),
        TolFun = archive.Value(o.TolFun),
        TolFunHistory = archive.Value(o.TolFunHistory),
        TolFacUpX = archive.Value(o.TolFacUpX),
        TolConditionCov = archive.Value(o.TolConditionCov),
        TolFlatFitness = archive.Value(o.TolFlatFitness),
        TolStagnation = archive.Value(o.TolStagnation),
        TolMeanStagnation = archive.Value(o.TolMeanStagnation),
        TolStepSizeUp = archive.Value(o.TolStepSizeUp),
        NoEffect = archive.Value(o.NoEffect),
    };
}
