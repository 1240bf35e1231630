namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>What operands are filled with. The corners come first: they, not random numbers, find saturation.</summary>
public enum Fill
{
    AllMin,
    AllMax,
    Alternating,
    Random,
}
