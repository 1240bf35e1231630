using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// How a convolution is cut into chunks: image × block of output rows × group × block of panels. Decided by sizes alone, never by the thread count. A 1×1
/// convolution without stride is seen as one image whose rows are runs of <see cref="RowPixels"/> pixels of all images.
/// </summary>
internal readonly struct Dot8Partition
{
    // A block's packed input should stay in L2; larger blocks pack fewer rows twice and read the weights less often.
    private const int BlockBytes = 96 << 10;

    // Runs of a flat image: in L1 while that leaves pixels enough for each reading of the weights.
    private const int RunBytes = 24 << 10;
    private const int RunPixels = 96;

    // Products of a chunk below which starting a thread for it does not pay.
    private const long ChunkProducts = 1 << 20;

    private const int MostChunks = 8;

    public Dot8Partition(in ConvShape shape, in Dot8Layout layout, int panelWidth)
    {
        IsFlat = shape.KernelHeight == 1 && shape.KernelWidth == 1 && shape.Stride == 1 && shape.Padding == 0;
        long pixels = (long)shape.Batch * shape.OutHeight * shape.OutWidth;
        Pixels = pixels;
        Images = IsFlat ? 1 : shape.Batch;
        if (IsFlat)
        {
            int pixelBytes = layout.Planes * 4, fitting = Math.Max(Math.Max(RunBytes / pixelBytes, Math.Min(RunPixels, 2 * BlockBytes / pixelBytes)) / 16 * 16, 16);
            RowPixels = (int)Math.Min(pixels, fitting);
            OutRows = (int)((pixels + RowPixels - 1) / RowPixels);
        }
        else
        {
            RowPixels = shape.OutWidth;
            OutRows = shape.OutHeight;
        }

        PlaneWidth = layout.PlaneWidth(RowPixels);
        RowSteps = layout.Planes * PlaneWidth;
        Panels = (shape.GroupOutChannels + panelWidth - 1) / panelWidth;

        long wanted = Math.Clamp(pixels * shape.OutChannels * shape.ReductionLength / ChunkProducts, 1, MostChunks);
        long have = (long)Images * shape.Groups;
        int rows = IsFlat ? 1 : Math.Clamp((((BlockBytes / (RowSteps * 4)) - shape.KernelHeight) / shape.Stride) + 1, 1, OutRows);
        int blocks = (OutRows + rows - 1) / rows;
        if (!IsFlat && have * blocks < wanted)
        {
            // Blocks of fewer than four rows would copy their borders too often.
            blocks = (int)Math.Max(blocks, Math.Min((wanted + have - 1) / have, OutRows / 4));
        }

        BlockRows = (OutRows + blocks - 1) / blocks;
        RowBlocks = (OutRows + BlockRows - 1) / BlockRows;
        have *= RowBlocks;
        int splits = (int)Math.Clamp((wanted + have - 1) / have, 1, Panels);
        PanelsPerChunk = (Panels + splits - 1) / splits;
        PanelBlocks = (Panels + PanelsPerChunk - 1) / PanelsPerChunk;
        InputRows = ((BlockRows - 1) * shape.Stride) + shape.KernelHeight;
        ChunkCount = checked((int)(have * PanelBlocks));
    }

    /// <summary>True when all pixels of all images form one long row.</summary>
    public bool IsFlat { get; }

    /// <summary>All output pixels.</summary>
    public long Pixels { get; }

    public int Images { get; }

    /// <summary>Output rows of an image.</summary>
    public int OutRows { get; }

    /// <summary>Pixels of an output row; the last row of a flat image may have fewer.</summary>
    public int RowPixels { get; }

    /// <summary>Steps of one plane of a packed row.</summary>
    public int PlaneWidth { get; }

    /// <summary>Steps of a packed input row.</summary>
    public int RowSteps { get; }

    /// <summary>Output rows of a chunk.</summary>
    public int BlockRows { get; }

    public int RowBlocks { get; }

    /// <summary>Packed input rows of a chunk.</summary>
    public int InputRows { get; }

    /// <summary>Panels of a group.</summary>
    public int Panels { get; }

    public int PanelsPerChunk { get; }

    public int PanelBlocks { get; }

    public int ChunkCount { get; }
}
