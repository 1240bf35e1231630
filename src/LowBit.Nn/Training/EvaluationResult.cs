namespace LowBit.Nn.Training;

/// <summary>What an evaluation gave.</summary>
/// <param name="Images">Images seen.</param>
/// <param name="Correct">Images classified rightly (the first of equal logits counts).</param>
/// <param name="Loss">Mean cross-entropy without smoothing.</param>
/// <param name="ImagesPerSecond">Throughput.</param>
public sealed record EvaluationResult(int Images, int Correct, double Loss, double ImagesPerSecond)
{
    /// <summary>Share classified rightly, 0 to 1.</summary>
    public double Accuracy => Images == 0 ? 0 : (double)Correct / Images;
}
