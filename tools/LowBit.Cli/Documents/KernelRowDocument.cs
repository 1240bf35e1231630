namespace LowBit.Cli.Documents;

/// <summary>
/// One kernel on one layer: M output pixels × N output channels × K products each; times of one call, requantization included. The ratios are of
/// fastest times within the run; the ceiling is that of bytes widened at once (integers) or of multiply-adds (float32).
/// </summary>
internal sealed record KernelRowDocument(
    string Layer, string Pair, string Key, bool Chosen, long M, int N, int K, double MinimumMilliseconds, double MedianMilliseconds, double Gops,
    double PercentOfCeiling, double RatioToInt8, double RatioToFp32);
