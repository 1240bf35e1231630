using LowBit.Methods.Allocation;
using LowBit.Nn.Models;

namespace LowBit.Methods.GradFreeBits;

/// <summary>What a search gave.</summary>
public sealed record GradFreeBitsResult
{
    /// <summary>The choice of the last round.</summary>
    public required BitAllocation Bits { get; init; }

    /// <summary>The same as entries of a recipe.</summary>
    public required IReadOnlyList<LayerBits> Layers { get; init; }

    /// <summary>What the choice costs.</summary>
    public required AllocationCost Cost { get; init; }

    /// <summary>True when every time of a layer was measured on this machine.</summary>
    public required bool TimesAreMeasured { get; init; }

    /// <summary>The limits.</summary>
    public required Budget Budget { get; init; }

    /// <summary>Test accuracy after the last epoch of the final training, 0 to 1; NaN for a Pareto search, which trains none.</summary>
    public double FinalAccuracy { get; init; } = double.NaN;

    /// <summary>Best test accuracy in the final training, 0 to 1; NaN for a Pareto search.</summary>
    public double BestAccuracy { get; init; } = double.NaN;

    /// <summary>Checkpoint of the final model, or of the warmed-up model of a Pareto search.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Candidates told to the optimiser.</summary>
    public required long Evaluations { get; init; }

    /// <summary>Work of the candidates over that of judging each by itself, 0 to 1.</summary>
    public required double ShareOfFullCost { get; init; }

    /// <summary>Seconds in gradient-free rounds.</summary>
    public required double SearchSeconds { get; init; }

    /// <summary>Seconds in training.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Every finalist, judged on the same images within its round, and the uniform models as yardsticks.</summary>
    public required IReadOnlyList<ParetoPoint> Judged { get; init; }

    /// <summary>The best of them.</summary>
    public required IReadOnlyList<ParetoPoint> Front { get; init; }
}
