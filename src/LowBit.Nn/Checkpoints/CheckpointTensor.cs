using LowBit.Tensors;

namespace LowBit.Nn.Checkpoints;

/// <summary>A tensor of a checkpoint, on the host.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Data">The elements in row-major order.</param>
public sealed record CheckpointTensor(Shape Shape, float[] Data);
