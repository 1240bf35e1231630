using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// How a convolution is cut into chunks: image × block of output rows × group × block of panels. Decided by sizes alone, never by the thread count. A 1×1
/// convolution without stride and padding is flat: one image whose rows are runs of pixels of all images.
/// </summary>
internal readonly struct ConvChunks
{
    // Products of a chunk below which starting a thread for it does not pay.
    private const long ChunkProducts = 1 << 20;

    private const int MostChunks = 8;

    /// <summary>Cuts a convolution.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="rowPixels">Pixels of a row: the output's width, or of a run when it is flat.</param>
    /// <param name="rows">Most rows of a chunk.</param>
    /// <param name="panels">Panels of outputs of a group.</param>
    /// <param name="tilePanels">Panels that a tile takes at once; a chunk gets whole tiles where there are enough.</param>
    public ConvChunks(in ConvShape shape, int rowPixels, int rows, int panels, int tilePanels = 1)
    {
        IsFlat = IsFlatShape(shape);
        Pixels = (long)shape.Batch * shape.OutHeight * shape.OutWidth;
        RowPixels = rowPixels;
        Rows = IsFlat ? (int)((Pixels + rowPixels - 1) / rowPixels) : shape.OutHeight;
        Groups = shape.Groups;
        Images = IsFlat ? 1 : shape.Batch;
        Panels = panels;
        long wanted = Math.Clamp(Pixels * shape.OutChannels * shape.ReductionLength / ChunkProducts, 1, MostChunks);
        long have = (long)Images * shape.Groups;
        rows = Math.Clamp(rows, 1, Rows);
        int blocks = (Rows + rows - 1) / rows;
        if (!IsFlat && have * blocks < wanted)
        {
            // Blocks of fewer than four rows would prepare their borders too often.
            blocks = (int)Math.Max(blocks, Math.Min((wanted + have - 1) / have, Rows / 4));
        }

        // Rows of a flat image are never fewer with a larger batch, so neither is the working memory.
        BlockRows = IsFlat ? rows : (Rows + blocks - 1) / blocks;
        RowBlocks = (Rows + BlockRows - 1) / BlockRows;
        have *= RowBlocks;
        int splits = (int)Math.Clamp((wanted + have - 1) / have, 1, Panels);
        PanelsPerChunk = (Panels + splits - 1) / splits;
        PanelsPerChunk = Math.Min((PanelsPerChunk + tilePanels - 1) / tilePanels * tilePanels, Panels);
        PanelBlocks = (Panels + PanelsPerChunk - 1) / PanelsPerChunk;
        InputRows = IsFlat ? BlockRows : ((BlockRows - 1) * shape.Stride) + shape.KernelHeight;
        Count = checked((int)(have * PanelBlocks));
    }

    /// <summary>True when all pixels of all images form one long row.</summary>
    public bool IsFlat { get; }

    /// <summary>All output pixels.</summary>
    public long Pixels { get; }

    /// <summary>Output rows of an image, or runs of a flat one.</summary>
    public int Rows { get; }

    /// <summary>Pixels of a row; the last row of a flat image may have fewer.</summary>
    public int RowPixels { get; }

    public int Groups { get; }

    /// <summary>Images, or 1 for a flat one.</summary>
    public int Images { get; }

    /// <summary>Most rows of a chunk.</summary>
    public int BlockRows { get; }

    public int RowBlocks { get; }

    /// <summary>Most input rows that a chunk reads.</summary>
    public int InputRows { get; }

    /// <summary>Panels of a group.</summary>
    public int Panels { get; }

    public int PanelsPerChunk { get; }

    public int PanelBlocks { get; }

    /// <summary>How many chunks there are.</summary>
    public int Count { get; }

    /// <summary>True for a convolution that takes pixels alone, whatever row they are in.</summary>
    public static bool IsFlatShape(in ConvShape shape) => shape.KernelHeight == 1 && shape.KernelWidth == 1 && shape.Stride == 1 && shape.Padding == 0;

    /// <summary>What a chunk computes.</summary>
    public ConvBlock Block(int chunk)
    {
        (int rest, int panelBlock) = Math.DivRem(chunk, PanelBlocks);
        (rest, int group) = Math.DivRem(rest, Groups);
        (int image, int rowBlock) = Math.DivRem(rest, RowBlocks);
        int firstRow = rowBlock * BlockRows, firstPanel = panelBlock * PanelsPerChunk;
        return new ConvBlock(
            image, firstRow, Math.Min(BlockRows, Rows - firstRow), group, firstPanel, Math.Min(firstPanel + PanelsPerChunk, Panels));
    }

    /// <summary>Index of a row's first output pixel among all output pixels.</summary>
    public long FirstPixel(in ConvBlock block, int row) => (((long)block.Image * Rows) + block.FirstRow + row) * RowPixels;

    /// <summary>Pixels of a row.</summary>
    public int RowWidth(in ConvBlock block, int row) => IsFlat ? (int)Math.Min(RowPixels, Pixels - FirstPixel(block, row)) : RowPixels;
}
