using LowBit.Kernels.Devices;

namespace LowBit.Runtime.Models;

/// <summary>
/// <c>acc = Σ a</c> over the window, <see cref="PaddingCode"/> outside. The average's divisor is part of each view's multiplier.
/// </summary>
public sealed class SumPoolNode : AccumulatorNode
{
    /// <summary>Sizes for one image (<c>Batch</c> = 1).</summary>
    public required PoolShape Shape { get; init; }

    /// <summary>The code that stands outside the input: the input edge's code of zero.</summary>
    public required int PaddingCode { get; init; }

    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.SumPool;
}
