namespace LowBit.Tensors.Ops;

/// <summary>Operands of a convolution with batch normalisation in training.</summary>
public readonly record struct ConvBatchNormInputs
{
    /// <summary><c>[batch, height, width, in]</c> (NHWC).</summary>
    public required Tensor X { get; init; }

    /// <summary>Weights <c>[out, kernel height, kernel width, in / groups]</c> (OHWI).</summary>
    public required Tensor W { get; init; }

    /// <summary>Step of the window in both directions, 1 or more.</summary>
    public int Stride { get; init; }

    /// <summary>Rows and columns of zeros on each side, below the kernel size.</summary>
    public int Padding { get; init; }

    /// <summary>Channel groups; the number of channels for a depthwise convolution.</summary>
    public int Groups { get; init; }

    /// <summary>γ, <c>[out]</c>.</summary>
    public required Tensor Gamma { get; init; }

    /// <summary>β, <c>[out]</c>.</summary>
    public required Tensor Beta { get; init; }

    /// <summary><c>[out]</c>, updated in place, no gradient.</summary>
    public required Tensor RunningMean { get; init; }

    /// <summary><c>[out]</c>, updated in place, no gradient.</summary>
    public required Tensor RunningVariance { get; init; }

    /// <summary>Weight of the new batch, 0 to 1.</summary>
    public float Momentum { get; init; }

    /// <summary>ε, positive.</summary>
    public float Epsilon { get; init; }

    /// <summary>Added before the function, as a residual connection does; the output's shape, or null for nothing.</summary>
    public Tensor? Addend { get; init; }
}
