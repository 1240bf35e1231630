namespace LowBit.Nn.Schedules;

/// <summary>
/// Another schedule whose first epochs are replaced by a line from <see cref="Start"/> to the factor that it has where the
/// line ends, so that milestones and the end stay where they were. Goyal et al. 2017, arXiv:1706.02677, section 2.2.
/// </summary>
public sealed class WarmUpSchedule : Schedule
{
    private readonly Schedule _then;

    /// <summary>Creates the schedule.</summary>
    /// <param name="warmUpEpochs">Length of the line in epochs, 0 or more.</param>
    /// <param name="then">What follows.</param>
    /// <param name="start">Factor of the first step, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public WarmUpSchedule(double warmUpEpochs, Schedule then, double start = 0.01)
    {
        ArgumentNullException.ThrowIfNull(then);
        if (!(warmUpEpochs >= 0 && double.IsFinite(warmUpEpochs)))
        {
            throw new ArgumentOutOfRangeException(nameof(warmUpEpochs), warmUpEpochs, $"a warm-up lasts 0 epochs or more, got {warmUpEpochs}");
        }

        if (!(start >= 0 && start <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(start), start, $"a warm-up starts at a factor of 0 to 1, got {start}");
        }

        WarmUpEpochs = warmUpEpochs;
        Start = start;
        _then = then;
    }

    /// <summary>Length of the line in epochs.</summary>
    public double WarmUpEpochs { get; }

    /// <summary>Factor of the first step.</summary>
    public double Start { get; }

    /// <inheritdoc/>
    public override double Factor(double epoch, double epochs)
        => epoch < WarmUpEpochs
            ? Start + ((_then.Factor(WarmUpEpochs, epochs) - Start) * epoch / WarmUpEpochs)
            : _then.Factor(epoch, epochs);
}
