namespace LowBit.Nn.Checkpoints;

/// <summary>Where a tensor lies in a checkpoint file: float32, little-endian, row-major.</summary>
internal sealed record CheckpointEntry
{
    public string Name { get; set; } = "";

    public int[] Shape { get; set; } = [];

    /// <summary>Bytes from the start of the data part.</summary>
    public long Offset { get; set; }
}
