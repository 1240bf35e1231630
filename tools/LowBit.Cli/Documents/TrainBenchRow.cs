namespace LowBit.Cli.Documents;

/// <summary>A training step in one precision.</summary>
internal sealed record TrainBenchRow
{
    /// <summary>fp32, or the method and the widths.</summary>
    public required string Mode { get; init; }

    /// <summary>Images of the fastest step per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Images of the median step per second.</summary>
    public required double MedianImagesPerSecond { get; init; }

    /// <summary>Share of the multiply-add peak of all threads, of the fastest step.</summary>
    public required double PercentOfFmaPeak { get; init; }

    /// <summary>Time of the fastest step over that of the fastest float step.</summary>
    public required double OverheadOverFp32 { get; init; }

    /// <summary>Arithmetic of one step, in 10⁹ multiplications and additions.</summary>
    public required double StepGflop { get; init; }

    /// <summary>Largest memory in use during a step, in MiB.</summary>
    public required double PeakMiB { get; init; }

    /// <summary>Operations of a step, the longest first; only with --profile.</summary>
    public IReadOnlyList<TrainOperationRow>? Operations { get; init; }
}
