using LowBit.Nn.PostTraining;

namespace LowBit.Cli.Documents;

/// <summary>What <c>quantize --json</c> prints.</summary>
/// <param name="File">The checkpoint written.</param>
/// <param name="Model">The float model.</param>
/// <param name="Data">The set whose training images calibrated it.</param>
/// <param name="Quantization">Bits of every part.</param>
/// <param name="Method">What was done.</param>
/// <param name="Images">Calibration images.</param>
/// <param name="Seconds">Time of the quantization, reading and writing files not counted.</param>
/// <param name="FoldedChannels">Channels whose batch norm was folded into the weights.</param>
/// <param name="EqualizedPairs">Pairs of layers whose ranges were equalised.</param>
/// <param name="Layers">The layers with weights, in order.</param>
internal sealed record QuantizeDocument(
    string File, string Model, string Data, string Quantization, string Method, int Images, double Seconds, int FoldedChannels, int EqualizedPairs, IReadOnlyList<LayerReport> Layers);
