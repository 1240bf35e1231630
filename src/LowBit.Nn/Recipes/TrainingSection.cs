namespace LowBit.Nn.Recipes;

/// <summary>The <c>training</c> part of a recipe.</summary>
public sealed record TrainingSection
{
    /// <summary>Passes over the training images, 1 or more.</summary>
    public int Epochs { get; set; } = 10;

    /// <summary>Seed of starting weights, shuffling and augmentation.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Label smoothing ε, 0 to below 1.</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>
    /// Checkpoint to take the starting weights from, by name, for example a float model's for its quantized twin; relative to
    /// the current folder; or PyTorch's weights (<c>.safetensors</c>) of the same architecture. Null to start from the seed.
    /// </summary>
    public string? Init { get; set; }

    /// <summary>From this epoch (from 0) on, batch norm uses its running statistics and leaves them alone; null for never.</summary>
    public int? FreezeNormsFrom { get; set; }

    /// <summary>Evaluate on the test images after every this many epochs, and after the last.</summary>
    public int EvaluateEvery { get; set; } = 1;

    /// <summary>True to write a TensorBoard event file beside the metrics.</summary>
    public bool TensorBoard { get; set; }

    /// <summary>With <see cref="TensorBoard"/>: also the step of every quantizer (the mean over channels).</summary>
    public bool TensorBoardSteps { get; set; }

    internal void Validate()
    {
        Demand.Range("training.epochs", Epochs, 1, 1_000_000);
        Demand.Share("training.labelSmoothing", LabelSmoothing);
        Demand.Range("training.freezeNormsFrom", FreezeNormsFrom ?? 0, 0, int.MaxValue);
        Demand.Range("training.evaluateEvery", EvaluateEvery, 1, int.MaxValue);
        if (TensorBoardSteps && !TensorBoard)
        {
            throw new ArgumentException("training.tensorBoardSteps needs training.tensorBoard; set both");
        }
    }
}
