namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// What a register tile computes: <c>C[r, :] = init[r, :] + Σ_g Σ_s Σ_k A[g·AGroup + s·ASegment + r·ARow + k·AStep] · B[g·BGroup + s·BSegment + k·BStep + :]</c>.
/// All strides count floats. A packed matrix product has one segment; a convolution has one per kernel row (or image row).
/// </summary>
internal unsafe struct TileArguments
{
    public float* A;
    public nint ARow;
    public nint AStep;
    public nint ASegment;
    public float* B;
    public nint BStep;
    public nint BSegment;

    /// <summary>Floats between the kernel columns of B for <see cref="TapTile{L,V,TRows,TStep}"/>; 0 for <see cref="Tile{L,V,TRows,TVectors,TStep}"/>.</summary>
    public nint BTap;

    public nint Steps;
    public nint Segments;

    /// <summary>Times the segments are repeated (images), <see cref="AGroup"/> and <see cref="BGroup"/> floats apart; 0 counts as 1.</summary>
    public nint Groups;
    public nint AGroup;
    public nint BGroup;

    /// <summary>Start values, or null for zeros; the same pointer as <see cref="C"/> adds to C.</summary>
    public float* Init;
    public nint InitRow;
    public float* C;
    public nint CRow;
}
