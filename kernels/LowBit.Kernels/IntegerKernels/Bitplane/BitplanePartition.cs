using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>Chunks of a convolution and their working memory.</summary>
internal readonly struct BitplanePartition
{
    // Pixels whose counters are made together, for each panel; they and the weights of a segment share L1.
    private const int MostRunPixels = 16;

    // Pixels of a flat row.
    private const int FlatPixels = 64;

    // Bits of a chunk's input rows: in L2.
    private const int BlockBytes = 192 << 10;

    public BitplanePartition(in ConvShape shape, in BitplaneLayout layout, int lanes)
    {
        bool isFlat = ConvChunks.IsFlatShape(shape);
        int rowPixels = isFlat ? (int)Math.Min((long)shape.Batch * shape.OutHeight * shape.OutWidth, FlatPixels) : shape.OutWidth;
        Positions = isFlat ? rowPixels : shape.Width + (2 * shape.Padding);
        PlaneBytes = (long)Positions * layout.PixelBytes;
        RowBytes = PlaneBytes * layout.Planes;
        int rows = isFlat ? 1 : (int)Math.Min((((BlockBytes / RowBytes) - shape.KernelHeight) / shape.Stride) + 1, shape.OutHeight);
        Chunks = new ConvChunks(shape, rowPixels, rows, (shape.GroupOutChannels + lanes - 1) / lanes);

        // Pairs of pixels, so that only a chunk's last one may be alone.
        int pixels = Chunks.RowPixels * Chunks.BlockRows, runs = (pixels + MostRunPixels - 1) / MostRunPixels;
        RunPixels = (((pixels + runs - 1) / runs) + 1) & -2;

        // Runs of equal length may be shorter for more pixels. Memory for the longest possible run never shrinks as pixels are added.
        int most = Math.Min((pixels + 1) & -2, MostRunPixels);
        BitsBytes = (Chunks.InputRows * RowBytes + 63) & -64;
        SumsBytes = (long)most * lanes * sizeof(short);
        CountersBytes = (long)(most + 1) * lanes * BitplaneCounters.Vectors;
        SlotBytes = BitsBytes + SumsBytes + CountersBytes + (most * (long)sizeof(ulong));
    }

    public ConvChunks Chunks { get; }

    /// <summary>Pixels of an input row, padding included.</summary>
    public int Positions { get; }

    /// <summary>Bytes of one plane of an input row.</summary>
    public long PlaneBytes { get; }

    /// <summary>Bytes of all planes of an input row.</summary>
    public long RowBytes { get; }

    /// <summary>Pixels, of one row or several, whose counters are in working memory together.</summary>
    public int RunPixels { get; }

    /// <summary>Working memory of a chunk: bits of its input rows.</summary>
    public long BitsBytes { get; }

    /// <summary>Working memory of a chunk: sums of a run and one panel.</summary>
    public long SumsBytes { get; }

    /// <summary>Working memory of a chunk: counters of a run and one panel.</summary>
    public long CountersBytes { get; }

    /// <summary>Working memory of a chunk: these and the addresses of a run's windows.</summary>
    public long SlotBytes { get; }
}
