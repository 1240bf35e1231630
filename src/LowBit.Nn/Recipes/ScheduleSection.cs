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

    /// <summary>Epochs of a longer training before this run, which is a stretch of it; warm-up and milestones count from its start.</summary>
    public double Offset { get; set; }

    /// <summary>Epochs of that longer training; 0 when it ends with this run.</summary>
    public double Span { get; set; }

    /// <summary>Makes the schedule.</summary>
    public Schedule Build()
    {
        Schedule schedule = Kind switch
        {
            "cosine" => new CosineSchedule(Final),
            "step" => new StepSchedule(Milestones, Gamma),
            _ => new ConstantSchedule(),
        };
        schedule = WarmUp > 0 ? new WarmUpSchedule(WarmUp, schedule) : schedule;
        return Offset > 0 || Span > 0 ? new StretchSchedule(Offset, Span, schedule) : schedule;
    }

    /// <summary>
    /// This part for a run of some epochs: a warm-up that would last for the whole cosine, which <see cref="Recipe.Validate"/> refuses, is shortened to half of it. For runs whose
    /// length another recipe decides.
    /// </summary>
    /// <param name="epochs">Epochs of the run.</param>
    public ScheduleSection ShortenedFor(int epochs) => WarmsUpOnly(epochs) ? this with { WarmUp = WholeEpochs(epochs) / 2 } : this;

    /// <summary>Throws when a run of some epochs would do nothing but warm up.</summary>
    internal void RequireRoom(int epochs)
    {
        if (WarmsUpOnly(epochs))
        {
            string whole = WholeEpochs(epochs) == epochs ? "" : $" of a whole training of {WholeEpochs(epochs)}";
            throw new ArgumentException(
                $"schedule.warmUp is {WarmUp}, but training.epochs is {epochs}{whole}: the cosine would be at its end before the warm-up is, and next to nothing would be learned; "
                + "use --set schedule.warmUp=0, a shorter warm-up or more epochs");
        }
    }

    internal void Validate()
    {
        Demand.Word("schedule.kind", Kind, ["cosine", "step", "constant"]);
        Demand.NotNegative("schedule.warmUp", WarmUp);
        Demand.NotNegative("schedule.final", Final);
        _ = new CosineSchedule(Final);
        _ = new StepSchedule(Milestones, Gamma);
        Demand.NotNegative("schedule.offset", Offset);
        Demand.NotNegative("schedule.span", Span);
        if (Span > 0 && Span <= Offset)
        {
            throw new ArgumentException($"schedule.span is {Span}, but schedule.offset is {Offset}; a training has more epochs than come before one of its stretches");
        }
    }

    private double WholeEpochs(int epochs) => Span > 0 ? Span : Offset + epochs;

    // A cosine is the only schedule whose end, at which the line aims, is no rate to train with.
    private bool WarmsUpOnly(int epochs) => Kind == "cosine" && double.IsFinite(WarmUp) && WholeEpochs(epochs) > 0 && WarmUp >= WholeEpochs(epochs);
}
