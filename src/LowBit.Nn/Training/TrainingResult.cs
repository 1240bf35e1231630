namespace LowBit.Nn.Training;

/// <summary>How a run ended.</summary>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestAccuracy">Best test accuracy, 0 to 1, in progressive lowering that of the last stage; −1 when never evaluated.</param>
/// <param name="BestEpoch">Epoch of the best accuracy, from 1; 0 when never evaluated.</param>
/// <param name="FinalAccuracy">Test accuracy of the last evaluation, 0 to 1; −1 when never evaluated.</param>
/// <param name="ImagesPerSecond">Training images per second of this session, in progressive lowering of its last stage.</param>
/// <param name="Seconds">Seconds of training, over all sessions.</param>
/// <param name="IsInterrupted">True when the run was cancelled; its state is saved and can be resumed.</param>
public sealed record TrainingResult(
    int Epochs, double BestAccuracy, int BestEpoch, double FinalAccuracy, double ImagesPerSecond, double Seconds, bool IsInterrupted);
