using LowBit.Kernels.Codes;
using LowBit.Kernels.Devices;

namespace LowBit.Runtime.Models;

/// <summary>
/// <c>acc = Σ w·a</c> over the window, input codes as they are and <see cref="PaddingCode"/> outside; the zero point's
/// share <c>−z·Σw</c> is part of each view's offset. A linear layer is a 1x1 convolution over one pixel.
/// </summary>
public sealed class ConvolutionNode : AccumulatorNode
{
    /// <summary>Sizes for one image (<c>Batch</c> = 1). The input's length must equal the edge's, which may be shaped differently.</summary>
    public required ConvShape Shape { get; init; }

    /// <summary>Weight codes, OHWI, one row for each output channel.</summary>
    public required CodeStorage Weights { get; init; }

    /// <summary>The code that stands outside the input: the input edge's code of zero.</summary>
    public required int PaddingCode { get; init; }

    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.Convolution;
}
