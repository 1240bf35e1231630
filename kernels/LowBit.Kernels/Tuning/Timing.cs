namespace LowBit.Kernels.Tuning;

/// <summary>What the rounds of one candidate took, in seconds per call.</summary>
/// <param name="Minimum">The fastest round: what the code can do.</param>
/// <param name="Median">The middle round, or the mean of the two middle ones: what it usually does on a machine with other work.</param>
public readonly record struct Timing(double Minimum, double Median)
{
    /// <summary>Minimum and median of rounds.</summary>
    /// <param name="seconds">One or more; sorted afterwards.</param>
    internal static Timing Of(Span<double> seconds)
    {
        seconds.Sort();
        return new Timing(seconds[0], (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2);
    }
}
