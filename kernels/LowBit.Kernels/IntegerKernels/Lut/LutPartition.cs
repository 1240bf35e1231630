using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>How a convolution is cut into chunks whose tables stay in the caches, and how wide their rows of tables are.</summary>
internal readonly struct LutPartition
{
    // Tables of a chunk: they should stay in L2 next to the indices.
    private const int BlockBytes = 384 << 10;

    // Tables of a flat chunk: each row is used once, more rows only make chunks worth their start.
    private const int FlatBytes = 64 << 10;

    private const int MostFlatRows = 8;

    // Indices that stay in L1 next to the tables of a few rows: below that all panels are done row by row, else all rows panel by panel.
    private const int SmallIndices = 20 << 10;

    public LutPartition(in ConvShape shape, in LutLayout layout, in LutGrain grain)
    {
        bool isFlat = ConvChunks.IsFlatShape(shape);
        int panels = (shape.GroupOutChannels + grain.PanelOutputs - 1) / grain.PanelOutputs;

        // A flat row is one tile: its tables lie together and meet all panels while they are in L1.
        int rowPixels = isFlat ? (int)Math.Min((long)shape.Batch * shape.OutHeight * shape.OutWidth, grain.RunPixels(panels)) : shape.OutWidth;
        Vectors = (rowPixels + grain.VectorPixels - 1) / grain.VectorPixels;
        PlaneWidth = (layout.PlaneWidth(Vectors * grain.VectorPixels) + grain.VectorPixels - 1) / grain.VectorPixels * grain.VectorPixels;
        RowBytes = layout.RowBytes(PlaneWidth);
        KernelRows = shape.KernelHeight;
        IsRolling = !isFlat && shape.Stride == 1 && KernelRows is > 1 and <= 3 && panels * KernelRows <= RollingPanels(grain);
        long rows = isFlat
            ? Math.Clamp(FlatBytes / RowBytes, 1, MostFlatRows)
            : IsRolling ? shape.OutHeight : (((BlockBytes / RowBytes) - shape.KernelHeight) / shape.Stride) + 1;
        Chunks = new ConvChunks(shape, rowPixels, (int)Math.Clamp(rows, 1, int.MaxValue), panels, grain.TilePanels);
        IsRowByRow = !layout.IsWide && (isFlat || (long)Chunks.PanelsPerChunk * layout.Groups * LutPanels.Outputs <= SmallIndices);
    }

    /// <summary>Images × rows × panels.</summary>
    public ConvChunks Chunks { get; }

    /// <summary>Input rows whose tables are kept.</summary>
    public int TableRows => IsRolling ? 1 : Chunks.InputRows;

    /// <summary>Vectors whose sums are kept from row to row.</summary>
    public int RollingVectors => IsRolling ? KernelRows * Chunks.PanelsPerChunk * Vectors : 0;

    /// <summary>Tables of one plane of a row, in whole vectors.</summary>
    public int PlaneWidth { get; }

    /// <summary>Bytes of an input row's tables.</summary>
    public long RowBytes { get; }

    /// <summary>Vectors of pixels of an output row.</summary>
    public int Vectors { get; }

    /// <summary>Rows of the kernel.</summary>
    public int KernelRows { get; }

    /// <summary>
    /// True when an input row is taken once for all kernel rows: they are to a tile what panels are, so that layers of few outputs fill it. Sums of as many
    /// output rows are kept, and tables of one input row.
    /// </summary>
    public bool IsRolling { get; }

    /// <summary>True when a row is finished for all panels before the next one is begun.</summary>
    public bool IsRowByRow { get; }

    // Beyond that panels fill tiles by themselves.
    private static int RollingPanels(in LutGrain grain) => grain.TilePanels == 2 ? 3 : 9;
}
