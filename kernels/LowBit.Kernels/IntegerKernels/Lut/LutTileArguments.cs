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

    /// <summary>What is subtracted from the sums of each output: words <c>[panel][16]</c>.</summary>
    public byte* Corrections;

    /// <summary>Receives sums <c>[panel][vector][half of the panel's outputs][pixel][8]</c>.</summary>
    public short* Sums;
}
