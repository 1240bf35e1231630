namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>What a tile reads and writes.</summary>
internal unsafe struct BitplaneTileArguments
{
    /// <summary>Address of the first pixel of each window.</summary>
    public byte** Windows;

    /// <summary>Windows, 1 or more.</summary>
    public nint Count;

    /// <summary>Where each unit of the segment lies, from a window's first pixel on.</summary>
    public nint* Offsets;

    /// <summary>Units of the segment.</summary>
    public nint Units;

    /// <summary>Weights of one panel and segment.</summary>
    public byte* Weights;

    /// <summary>For each pass the offset of its plane and whether counters are doubled after it.</summary>
    public nint* Passes;

    public nint PassCount;

    /// <summary>Receives counters <c>[window][6]</c>; for an odd number of windows those of one more.</summary>
    public byte* Counters;
}
