namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>What a tile reads and writes.</summary>
internal unsafe struct LutTileArguments
{
    /// <summary>Tables of the tile's first pixel in the first input row.</summary>
    public byte* Tables;

    /// <summary>Offset of each group's table.</summary>
    public nint* Offsets;

    /// <summary>Groups to sum.</summary>
    public nint Groups;

    /// <summary>Groups whose entries may be added in a byte.</summary>
    public nint FlushGroups;

    /// <summary>Indices of the first panel.</summary>
    public byte* Indices;

    /// <summary>Bytes from panel to panel.</summary>
    public nint PanelBytes;

    /// <summary>What is added to the sums of each pixel, in all eight words of its group.</summary>
    public byte* Corrections;

    /// <summary>−1 when the sums of table entries count twice, else 0.</summary>
    public short Doubling;

    /// <summary>Receives sums <c>[panel][vector][half of the panel's outputs][pixel][8]</c>.</summary>
    public short* Sums;
}
