namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>What a tile reads and writes.</summary>
internal unsafe struct LutTileArguments
{
    /// <summary>Tables of the tile's first pixel in the first input row; in the wide form numbers of tables.</summary>
    public byte* Tables;

    /// <summary>Tables by number, 16 bytes apart; the wide form only.</summary>
    public byte* Constants;

    /// <summary>Bytes from pixel to pixel; the wide form only.</summary>
    public nint PixelBytes;

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

    /// <summary>Sums of the first panel, <c>[vector]</c>: see <see cref="LutSums{L, V}"/>. The tile adds to them.</summary>
    public byte* Sums0;

    /// <summary>Sums of the second panel.</summary>
    public byte* Sums1;

    /// <summary>Sums of the third panel.</summary>
    public byte* Sums2;

    /// <summary>Sums of the fourth panel.</summary>
    public byte* Sums3;
}
