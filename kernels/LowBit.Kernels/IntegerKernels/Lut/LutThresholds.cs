namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Thresholds of a panel: see <c>RequantizeTable</c>.</summary>
/// <param name="first">The first threshold of the panel's outputs.</param>
/// <param name="row">From one threshold of an output to the next.</param>
/// <param name="count">Thresholds of an output, one or more.</param>
/// <param name="low">The code below all thresholds.</param>
internal readonly unsafe struct LutThresholds(short* first, nint row, int count, short low)
{
    public readonly short* First = first;
    public readonly nint Row = row;
    public readonly int Count = count;
    public readonly short Low = low;
}
