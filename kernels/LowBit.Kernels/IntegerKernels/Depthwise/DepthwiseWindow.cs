namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// Where a tile reads: four rows from the window's left column on, which may lie outside. A row outside the image points into the padding; columns outside are told.
/// </summary>
internal unsafe struct DepthwiseWindow
{
    public byte* Row0;
    public byte* Row1;
    public byte* Row2;
    public byte* Row3;

    /// <summary>Bytes from pixel to pixel.</summary>
    public nint PixelStride;

    /// <summary>A vector of padding codes and more.</summary>
    public byte* Padding;

    public bool IsLeftOutside;

    public bool IsRightOutside;
}
