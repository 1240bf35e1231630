using LowBit.Kernels.MatrixProducts;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// One correlation of framed images with packed weights onto an output grid:
/// <c>target[n, p, q, o] (+)= bias[o] + Σ frame[n, p·S+u, q·S+v, i] · panels[u, v, i, o]</c>. The forward convolution is one pass per group;
/// the gradient to the input is one pass per group and phase of the stride, with turned weights and a target of every S-th pixel.
/// </summary>
internal unsafe struct CorrelationPass
{
    private const double ChunkOperations = 2e6;
    private const int BandFloats = 96 * 1024;
    private const int WideFloats = 160 * 1024;
    private const int BlockFloats = 64 * 1024;
    private const int GroupFloats = 1024 * 1024;
    private const int TargetChunks = 16;

    public ImageSource Source;
    public int Batch;
    public int KernelHeight;
    public int KernelWidth;
    public int Stride;

    /// <summary>Frame rows from one output row to the next: the stride, or 1 where the frame's rows are joined.</summary>
    public int RowStride;

    public float* Panels;
    public ColumnPanels Division;

    /// <summary>Null, or one value per channel, padded with zeros to whole panels.</summary>
    public float* Bias;

    public float* Target;
    public nint TargetImage;
    public nint TargetRow;
    public nint TargetPixel;
    public int OutHeight;
    public int OutWidth;
    public bool Add;

    public int ImagesPerChunk;
    public int RowsPerChunk;

    /// <summary>The framed images <see cref="FirstImage"/> to <see cref="EndImage"/> of a wide pass, or null when frames lie within images.</summary>
    public float* Frames;
    public int FirstImage;
    public int EndImage;

    /// <summary>Products summed per result.</summary>
    public readonly int Depth => KernelHeight * KernelWidth * Source.Channels;

    /// <summary>Columns of the frame that the windows touch.</summary>
    public readonly int FrameWidth => ((OutWidth - 1) * Stride) + KernelWidth;

    /// <summary>Rows of the frame that the windows of <paramref name="outRows"/> output rows touch.</summary>
    public readonly int FrameRows(int outRows) => ((outRows - 1) * RowStride) + KernelHeight;

    /// <summary>Bands of rows per image.</summary>
    public readonly int Bands => (OutHeight + RowsPerChunk - 1) / RowsPerChunk;

    /// <summary>Chunks of the whole pass.</summary>
    public readonly int Chunks => (Batch + ImagesPerChunk - 1) / ImagesPerChunk * Bands;

    /// <summary>True when frames lie within the images, so that nothing needs to be copied.</summary>
    public readonly bool CoversFrame => Source.CoversFrame(FrameRows(OutHeight), FrameWidth, KernelWidth);

    /// <summary>
    /// True when the weights of all panels would not stay in the second-level cache: then frames of many images are made first, and a
    /// chunk is one panel over some of them.
    /// </summary>
    public readonly bool IsWide => (long)Division.PaddedColumns * Depth > WideFloats;

    /// <summary>Floats of an image's frame.</summary>
    public readonly long FrameFloats => (long)FrameRows(OutHeight) * FrameWidth * Source.Channels;

    /// <summary>Images framed together in a wide pass.</summary>
    public readonly int ImagesPerGroup => (int)Math.Clamp(GroupFloats / FrameFloats, 1, Batch);

    /// <summary>Chunks of a group of images in a wide pass: panels, and parts of the images when panels are few.</summary>
    public readonly int WideChunks => Division.Count * Math.Min(EndImage - FirstImage, (TargetChunks + Division.Count - 1) / Division.Count);

    /// <summary>Kernel rows whose weights of one panel of <paramref name="width"/> columns stay in the second-level cache beside the frames.</summary>
    public readonly int KernelRowsPerBlock(int width) => Math.Clamp(BlockFloats / (KernelWidth * Source.Channels * width), 1, KernelHeight);

    /// <summary>Frames an image of the group.</summary>
    public readonly void CopyFrame(int image)
        => Source.CopyBand(FirstImage + image, 0, FrameRows(OutHeight), FrameWidth, Frames + (image * (nint)FrameFloats));

    /// <summary>
    /// Chooses the chunks from the sizes alone: a band must fit the second-level cache, small images are grouped, and a
    /// small batch is cut into more bands so that several threads find work.
    /// </summary>
    public void Partition()
    {
        double perImage = 2.0 * OutHeight * OutWidth * Division.Columns * Depth;
        long frameRow = (long)FrameWidth * Source.Channels * RowStride;
        int rows = (int)Math.Clamp(BandFloats / Math.Max(1, frameRow), 1, OutHeight);
        if (Batch < 32)
        {
            rows = Math.Min(rows, (int)Math.Max(1, OutHeight / Math.Max(1, perImage / ChunkOperations)));
        }

        int bands = (OutHeight + rows - 1) / rows;
        RowsPerChunk = (OutHeight + bands - 1) / bands;
        ImagesPerChunk = bands > 1 ? 1 : (int)Math.Clamp(ChunkOperations / Math.Max(1, perImage), 1, Math.Max(1, (Batch + 15) / 16));
    }
}
