using LowBit.Nn.Training;

namespace LowBit.Methods.GradFreeBits;

/// <summary>What a search is doing.</summary>
/// <param name="Phase">For example <c>measuring layers</c>, <c>warm-up</c>, <c>round-1</c>, <c>final</c>.</param>
/// <param name="Generation">The generation that ended, in a gradient-free round; else null.</param>
/// <param name="Generations">Generations of the round; 0 in training.</param>
/// <param name="Training">Progress of training; else null.</param>
public sealed record SearchProgress(string Phase, GenerationRecord? Generation, int Generations, TrainingProgress? Training)
{
    /// <summary>Share of the layers and widths whose times are measured, 0 to 1; else null.</summary>
    public double? Measured { get; init; }
}
