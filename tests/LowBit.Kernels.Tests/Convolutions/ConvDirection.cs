namespace LowBit.Kernels.Tests.Convolutions;

/// <summary>The three products of a convolution.</summary>
public enum ConvDirection
{
    Forward,
    BackwardInput,
    BackwardWeights,
}
