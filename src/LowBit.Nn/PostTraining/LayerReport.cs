namespace LowBit.Nn.PostTraining;

/// <summary>What post-training quantization did to one layer.</summary>
/// <param name="Path">The layer.</param>
/// <param name="WeightBits">Bits of its weights.</param>
/// <param name="WeightError"><c>Σ(w − ŵ)² / Σw²</c> of its weights before and after, a share.</param>
/// <param name="NearestLoss">AdaRound: mean squared error of the outputs at the kept positions with the nearest codes, summed over channels; null without AdaRound.</param>
/// <param name="RoundedLoss">AdaRound: the same with the codes it chose; null without AdaRound.</param>
/// <param name="CodesMoved">AdaRound: weights whose code is not the nearest.</param>
/// <param name="LargestShift">Bias correction: the largest |shift| of a channel, in units of the layer's output.</param>
public sealed record LayerReport(string Path, int WeightBits, double WeightError, double? NearestLoss, double? RoundedLoss, int CodesMoved, double LargestShift);
