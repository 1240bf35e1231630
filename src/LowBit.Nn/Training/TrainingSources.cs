namespace LowBit.Nn.Training;

/// <summary>The images of a run.</summary>
/// <param name="Train">Shuffled and augmented by epoch.</param>
/// <param name="Test">In order, not augmented; null for no evaluation.</param>
public readonly record struct TrainingSources(IBatchSource Train, IBatchSource? Test);
