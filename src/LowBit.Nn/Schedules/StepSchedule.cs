namespace LowBit.Nn.Schedules;

/// <summary>The factor is multiplied by γ at each milestone: <c>γ^(milestones reached)</c>.</summary>
public sealed class StepSchedule : Schedule
{
    private readonly double[] _milestones;

    /// <summary>Creates the schedule.</summary>
    /// <param name="milestones">Epochs, ascending; a milestone counts from its first step on.</param>
    /// <param name="gamma">γ, above 0.</param>
    /// <exception cref="ArgumentException">The milestones do not ascend, or γ is not positive.</exception>
    public StepSchedule(IReadOnlyList<double> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        if (!(gamma > 0 && double.IsFinite(gamma)))
        {
            throw new ArgumentException($"gamma of a step schedule is positive, got {gamma}", nameof(gamma));
        }

        for (int i = 0; i < milestones.Count; i++)
        {
            if (!(milestones[i] >= 0) || (i > 0 && !(milestones[i] > milestones[i - 1])))
            {
                throw new ArgumentException($"milestones must ascend from 0, got {string.Join(", ", milestones)}", nameof(milestones));
            }
        }

        _milestones = [.. milestones];
        Gamma = gamma;
    }

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public override double Factor(double epoch, double epochs)
    {
        double factor = 1;
        foreach (double milestone in _milestones)
        {
            factor *= epoch >= milestone ? Gamma : 1;
        }

        return factor;
    }
}
