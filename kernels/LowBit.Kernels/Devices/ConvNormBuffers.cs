namespace LowBit.Kernels.Devices;

/// <summary>Operands of a convolution with batch normalisation (<see cref="Device.ConvNormForward"/>). The convolution has no bias: the normalisation would take it away.</summary>
public readonly record struct ConvNormBuffers
{
    /// <summary>Input <c>[N, H, W, C]</c>.</summary>
    public required DeviceBuffer X { get; init; }

    /// <summary>Weights <c>[O, KH, KW, C / G]</c>.</summary>
    public required DeviceBuffer W { get; init; }

    /// <summary>The convolution's own output <c>[N, OH, OW, O]</c>: written forward, read backward.</summary>
    public required DeviceBuffer Raw { get; init; }

    /// <summary>γ <c>[O]</c>.</summary>
    public required DeviceBuffer Gamma { get; init; }

    /// <summary>β <c>[O]</c>.</summary>
    public required DeviceBuffer Beta { get; init; }

    /// <summary>Running mean <c>[O]</c>, moved forward.</summary>
    public required DeviceBuffer RunningMean { get; init; }

    /// <summary>Running unbiased variance <c>[O]</c>, moved forward.</summary>
    public required DeviceBuffer RunningVariance { get; init; }

    /// <summary>Mean of the batch <c>[O]</c>: written forward, read backward.</summary>
    public required DeviceBuffer Mean { get; init; }

    /// <summary>1/√(biased variance of the batch + ε) <c>[O]</c>: written forward, read backward.</summary>
    public required DeviceBuffer InverseDeviation { get; init; }

    /// <summary>ε, positive.</summary>
    public required float Epsilon { get; init; }

    /// <summary>Share of the new batch in the running statistics, 0 to 1.</summary>
    public required float Momentum { get; init; }
}
