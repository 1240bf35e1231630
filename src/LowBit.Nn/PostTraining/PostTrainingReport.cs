namespace LowBit.Nn.PostTraining;

/// <summary>What post-training quantization did.</summary>
/// <param name="Images">Calibration images.</param>
/// <param name="FoldedChannels">Channels whose batch norm was folded into the weights.</param>
/// <param name="EqualizedPairs">Pairs of layers whose ranges were equalised.</param>
/// <param name="Layers">One entry for each layer with weights, in order.</param>
public sealed record PostTrainingReport(int Images, int FoldedChannels, int EqualizedPairs, IReadOnlyList<LayerReport> Layers);
