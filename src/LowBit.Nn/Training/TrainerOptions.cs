using LowBit.Nn.Recipes;

namespace LowBit.Nn.Training;

/// <summary>How long to train, at which rate, and where to write.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the training images, 1 or more.</summary>
    public required int Epochs { get; init; }

    /// <summary>Base learning rate, 0 or more; the schedule multiplies it.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Evaluate after every this many epochs, and after the last.</summary>
    public int EvaluateEvery { get; init; } = 1;

    /// <summary>From this epoch (from 0) on, batch norm uses and keeps its running statistics; null for never.</summary>
    public int? FreezeNormsFrom { get; init; }

    /// <summary>Mixes the images of each batch; null for pure images.</summary>
    public MixUp? MixUp { get; init; }

    /// <summary>Moves the widths of quantizers from step to step; null to train with those that are selected.</summary>
    public WidthJitter? WidthJitter { get; init; }

    /// <summary>Whose answers are learned beside the labels; null for none. It stays the caller's.</summary>
    public Teacher? Teacher { get; init; }

    /// <summary>Stage of progressive lowering that the model is built for, from 0.</summary>
    public int Stage { get; init; }

    /// <summary>Stop in front of this epoch, where the next stage begins; null to train all epochs.</summary>
    public int? Until { get; init; }

    /// <summary>The bits of the model, for the metrics; null for float32.</summary>
    public string? Bits { get; init; }

    /// <summary>Write TensorBoard events beside the metrics.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Add every quantizer's step to the events.</summary>
    public bool TensorBoardSteps { get; init; }

    /// <summary>Folder for <c>last.lbc</c>, <c>best.lbc</c> and <c>metrics.jsonl</c>, made when missing; null to write nothing.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>Saved in the checkpoints, so that they can rebuild the model; null for models made by code.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Saved in the checkpoints beside the recipe.</summary>
    public DataFacts? Data { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(EvaluateEvery, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(FreezeNormsFrom ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative(Stage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Until ?? Epochs, Epochs);
        if (!(LearningRate >= 0 && double.IsFinite(LearningRate)))
        {
            throw new ArgumentException($"the learning rate is {LearningRate}; it must be 0 or more");
        }
    }
}
