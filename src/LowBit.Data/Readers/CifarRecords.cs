namespace LowBit.Data.Readers;

/// <summary>The content of one CIFAR binary file.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Pixels">[count, 32, 32, 3].</param>
/// <param name="Labels">[count].</param>
public sealed record CifarRecords(int Count, byte[] Pixels, int[] Labels);
