namespace LowBit.Runtime.Models;

/// <summary>
/// <c>acc = a</c>: the input's codes brought to other grids, and with a residual edge the sum of two edges of different scales,
/// rounded once. (A sum whose one side is a convolution needs no such node: it is the residual of that convolution's epilogue.)
/// </summary>
public sealed class RescaleNode : AccumulatorNode
{
    /// <inheritdoc/>
    public override NodeKind Kind => NodeKind.Rescale;
}
