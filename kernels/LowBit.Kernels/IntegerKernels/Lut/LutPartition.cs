using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// How a convolution is cut into chunks: image × block of output rows × channel group × block of panels. Decided by sizes alone, never by the thread count.
/// A 1×1 convolution without stride is seen as one image whose rows are runs of <see cref="RowPixels"/> pixels of all images.
/// </summary>
internal readonly struct LutPartition
{
    // Tables of a chunk: they should stay in L2 next to the indices.
    private const int BlockBytes = 384 << 10;

    // Tables of a flat chunk: each row is used once, more rows only make chunks worth their start.
    private const int FlatBytes = 64 << 10;

    private const int MostFlatRows = 8;

    // Indices that stay in L1 next to the tables of a few rows: below that all panels are done row by row, else all rows panel by panel.
    private const int SmallIndices = 20 << 10;

    // Products of a chunk below which starting a thread for it does not pay.
    private const long ChunkProducts = 1 << 20;

    private const int MostChunks = 8;

    public LutPartition(in ConvShape shape, in LutLayout layout, in LutGrain grain)
    {
        IsFlat = shape.KernelHeight == 1 && shape.KernelWidth == 1 && shape.Stride == 1 && shape.Padding == 0;
        long pixels = (long)shape.Batch * shape.OutHeight * shape.OutWidth;
        Pixels = pixels;
        Images = IsFlat ? 1 : shape.Batch;
        Panels = (shape.GroupOutChannels + grain.PanelOutputs - 1) / grain.PanelOutputs;
        if (IsFlat)
        {
            // One tile: its tables lie together and meet all panels while they are in L1.
            RowPixels = (int)Math.Min(pixels, grain.RunPixels(Panels));
            OutRows = (int)((pixels + RowPixels - 1) / RowPixels);
        }
        else
        {
            RowPixels = shape.OutWidth;
            OutRows = shape.OutHeight;
        }

        int vectors = (RowPixels + grain.VectorPixels - 1) / grain.VectorPixels;
        PlaneWidth = (layout.PlaneWidth(vectors * grain.VectorPixels) + grain.VectorPixels - 1) / grain.VectorPixels * grain.VectorPixels;
        RowBytes = layout.RowBytes(PlaneWidth);

        long wanted = Math.Clamp(pixels * shape.OutChannels * shape.ReductionLength / ChunkProducts, 1, MostChunks);
        long have = (long)Images * shape.Groups;
        Vectors = vectors;
        KernelRows = shape.KernelHeight;
        IsRolling = !IsFlat && shape.Stride == 1 && KernelRows is > 1 and <= 3 && Panels * KernelRows <= RollingPanels(grain);
        int rows = IsFlat
            ? (int)Math.Clamp(FlatBytes / RowBytes, 1, MostFlatRows)
            : IsRolling
            ? OutRows
            : (int)Math.Clamp((((BlockBytes / RowBytes) - shape.KernelHeight) / shape.Stride) + 1, 1, OutRows);
        int blocks = (OutRows + rows - 1) / rows;
        if (!IsFlat && have * blocks < wanted)
        {
            // Blocks of fewer than four rows would build their borders' tables too often.
            blocks = (int)Math.Max(blocks, Math.Min((wanted + have - 1) / have, OutRows / 4));
        }

        // Rows of a flat image are never fewer with a larger batch, so neither is the working memory.
        BlockRows = IsFlat ? Math.Min(rows, OutRows) : (OutRows + blocks - 1) / blocks;
        RowBlocks = (OutRows + BlockRows - 1) / BlockRows;
        have *= RowBlocks;
        int splits = (int)Math.Clamp((wanted + have - 1) / have, 1, Panels);
        PanelsPerChunk = (Panels + splits - 1) / splits;

        // Not less than a tile takes at once.
        PanelsPerChunk = Math.Min((PanelsPerChunk + grain.TilePanels - 1) / grain.TilePanels * grain.TilePanels, Panels);
        PanelBlocks = (Panels + PanelsPerChunk - 1) / PanelsPerChunk;
        InputRows = ((BlockRows - 1) * shape.Stride) + shape.KernelHeight;
        ChunkCount = checked((int)(have * PanelBlocks));
        IsRowByRow = !layout.IsWide && (IsFlat || (long)PanelsPerChunk * layout.Groups * LutPanels.Outputs <= SmallIndices);
    }

    /// <summary>Input rows whose tables are kept.</summary>
    public int TableRows => IsRolling ? 1 : InputRows;

    /// <summary>Vectors whose sums are kept from row to row.</summary>
    public int RollingVectors => IsRolling ? KernelRows * PanelsPerChunk * Vectors : 0;

    /// <summary>True when all pixels of all images form one long row.</summary>
    public bool IsFlat { get; }

    /// <summary>All output pixels.</summary>
    public long Pixels { get; }

    public int Images { get; }

    /// <summary>Output rows of an image.</summary>
    public int OutRows { get; }

    /// <summary>Pixels of an output row; the last row of a flat image may have fewer.</summary>
    public int RowPixels { get; }

    /// <summary>Tables of one plane of a row, in whole vectors.</summary>
    public int PlaneWidth { get; }

    /// <summary>Bytes of an input row's tables.</summary>
    public long RowBytes { get; }

    /// <summary>Output rows of a chunk.</summary>
    public int BlockRows { get; }

    public int RowBlocks { get; }

    /// <summary>Input rows of a chunk.</summary>
    public int InputRows { get; }

    /// <summary>Panels of a group.</summary>
    public int Panels { get; }

    public int PanelsPerChunk { get; }

    public int PanelBlocks { get; }

    public int ChunkCount { get; }

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
