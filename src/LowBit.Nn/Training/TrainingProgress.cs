namespace LowBit.Nn.Training;

/// <summary>What a progress bar shows.</summary>
/// <param name="Epoch">Current epoch, from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Batch">Batches done in the epoch.</param>
/// <param name="Batches">Batches of the epoch.</param>
/// <param name="Loss">Mean training loss of the epoch so far.</param>
/// <param name="Accuracy">Training accuracy of the epoch so far, 0 to 1.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="ImagesPerSecond">Training images per second in the epoch so far.</param>
/// <param name="Remaining">Estimated time to the end of the run, evaluations not counted.</param>
/// <param name="Finished">The epoch's metrics on the report that ends it, else null.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double Loss, double Accuracy, double LearningRate, double ImagesPerSecond,
    TimeSpan Remaining, EpochMetrics? Finished);
