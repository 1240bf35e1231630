namespace LowBit.Kernels.MatrixProducts;

/// <summary>Where a register tile leaves its result, when the target may have fewer columns than the tile.</summary>
internal unsafe struct TileTarget
{
    public float* C;
    public nint Row;

    /// <summary>Rows of the tile.</summary>
    public int Rows;

    /// <summary>Vectors per row, 1 or 2.</summary>
    public int Vectors;

    /// <summary>Columns of the target, at most what the vectors hold.</summary>
    public int Valid;

    /// <summary>True: the result is added to C.</summary>
    public bool Add;

    /// <summary>Start values of every row when <see cref="Add"/> is false, or null; readable for whole vectors.</summary>
    public float* Bias;
}
