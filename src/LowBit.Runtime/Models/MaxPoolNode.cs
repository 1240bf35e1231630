using LowBit.Kernels.Devices;

namespace LowBit.Runtime.Models;

/// <summary><c>y = max a</c> over the window; positions outside the input do not take part. Scale and zero point pass through.</summary>
public sealed class MaxPoolNode : IntegerNode
{
    /// <summary>Edge that is read.</summary>
    public required int Input { get; init; }

    /// <summary>Edge that is written; same bits, scale and zero point as the input.</summary>
    public required int Output { get; init; }

    /// <summary>Sizes for one image (<c>Batch</c> = 1).</summary>
    public required PoolShape Shape { get; init; }

    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.MaxPool;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Outputs => [Output];
}
