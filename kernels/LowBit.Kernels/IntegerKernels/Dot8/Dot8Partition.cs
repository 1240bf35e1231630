using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Where a chunk finds its input and how chunks are cut. Without padding the image is read where it lies, if its pixels are whole steps. Else its rows are copied with their
/// borders, one group's channels side by side.
/// </summary>
internal readonly struct Dot8Partition
{
    // A block's input should stay in L2; larger blocks copy fewer rows twice and read the weights less often.
    private const int BlockBytes = 96 << 10;

    // Runs of a flat image: in L1 while that leaves pixels enough for each reading of the weights.
    private const int RunBytes = 24 << 10;
    private const int RunPixels = 96;

    // Pixels so many bytes apart fall into few sets of L1.
    private const int CrowdedBytes = 1024;
    private const int Line = 64;

    // A field, because a property would copy it for each of its own.
    public readonly ConvChunks Chunks;

    public Dot8Partition(in ConvShape shape, in Dot8Layout layout, int panelWidth)
    {
        int pixelBytes = shape.GroupInChannels * layout.CodeBytes;
        IsInPlace = shape.Padding == 0 && !layout.IsWide && layout.IsFull && (shape.Groups == 1 || shape.KernelWidth == 1)
            && shape.Stride * shape.InChannels % CrowdedBytes != 0;
        if (IsInPlace)
        {
            pixelBytes = shape.InChannels;
        }
        else if (shape.KernelWidth == 1 && shape.Stride * pixelBytes % CrowdedBytes == 0)
        {
            pixelBytes += Line;
        }

        InputPixelBytes = pixelBytes;
        PixelBytes = pixelBytes * shape.Stride;
        int rowPixels = shape.OutWidth, rows = 1;
        if (ConvChunks.IsFlatShape(shape))
        {
            int fitting = Math.Max(Math.Max(RunBytes / pixelBytes, Math.Min(RunPixels, 2 * BlockBytes / pixelBytes)) / 16 * 16, 16);
            rowPixels = (int)Math.Min((long)shape.Batch * shape.OutHeight * shape.OutWidth, fitting);
            RowBytes = rowPixels * pixelBytes;
        }
        else
        {
            RowBytes = (shape.Width + (2 * shape.Padding)) * pixelBytes;
            rows = (((BlockBytes / RowBytes) - shape.KernelHeight) / shape.Stride) + 1;
        }

        Chunks = new ConvChunks(shape, rowPixels, rows, (shape.GroupOutChannels + panelWidth - 1) / panelWidth);
    }

    /// <summary>True when the image is read where it lies.</summary>
    public bool IsInPlace { get; }

    /// <summary>Bytes from input pixel to input pixel.</summary>
    public int InputPixelBytes { get; }

    /// <summary>Bytes from one output pixel's codes to the next one's.</summary>
    public int PixelBytes { get; }

    /// <summary>Bytes from input row to input row.</summary>
    public int RowBytes { get; }
}
