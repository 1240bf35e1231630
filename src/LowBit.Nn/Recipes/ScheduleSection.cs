using LowBit.Nn.Schedules;

namespace LowBit.Nn.Recipes;

/// <summary>The <c>schedule</c> part of a recipe.</summary>
public sealed record ScheduleSection
{
    /// <summary><c>cosine</c>, <c>step</c> or <c>constant</c>.</summary>
    public string Kind { get; set; } = "cosine";

    /// <summary>Length of the linear warm-up in epochs, 0 for none.</summary>
    public double WarmUp { get; set; }

    /// <summary>Cosine: factor at the end, 0 to 1.</summary>
    public double Final { get; set; }

    /// <summary>Step: epochs at which the factor is multiplied by <see cref="Gamma"/>, ascending.</summary>
    public double[] Milestones { get; set; } = [];

    /// <summary>Step: γ.</summary>
    public double Gamma { get; set; } = 0.1;

    /// <summary>Makes the schedule.</summary>
    public Schedule Build()
    {
        Schedule schedule = Kind switch
        {
            "cosine" => new CosineSchedule(Final),
            "step" => new StepSchedule(Milestones, Gamma),
            _ => new ConstantSchedule(),
        };
        return WarmUp > 0 ? new WarmUpSchedule(WarmUp, schedule) : schedule;
    }

    internal void Validate()
    {
        Demand.Word("schedule.kind", Kind, ["cosine", "step", "constant"]);
        Demand.NotNegative("schedule.warmUp", WarmUp);
        Demand.NotNegative("schedule.final", Final);
        _ = new CosineSchedule(Final);
        _ = new StepSchedule(Milestones, Gamma);
    }
}
