namespace LowBit.Cli.Documents;

/// <summary>One operation of a training step with one shape.</summary>
internal sealed record TrainOperationRow
{
    public required string Operation { get; init; }

    public required string Shape { get; init; }

    /// <summary>Calls in a step.</summary>
    public required double Calls { get; init; }

    /// <summary>Milliseconds in a step, all calls.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>Share of all operations' time.</summary>
    public required double PercentOfStep { get; init; }

    /// <summary>Share of the multiply-add peak of all threads; null for operations that only move data.</summary>
    public required double? PercentOfFmaPeak { get; init; }

    /// <summary>10⁹ bytes of operands per second, each counted once.</summary>
    public required double GBs { get; init; }
}
