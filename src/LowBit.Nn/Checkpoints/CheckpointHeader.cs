using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Nn.Checkpoints;

/// <summary>The JSON part of a checkpoint file.</summary>
internal sealed record CheckpointHeader
{
    public Recipe? Recipe { get; set; }

    public DataFacts? Data { get; set; }

    public TrainingPosition? Position { get; set; }

    public long OptimiserSteps { get; set; }

    public string? Teacher { get; set; }

    public CheckpointEntry[] Tensors { get; set; } = [];
}
