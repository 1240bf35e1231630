using LowBit.Kernels.Devices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How the panels of a layer are cut into chunks: by sizes alone, never by the thread count.</summary>
internal readonly struct GemvChunks
{
    // Products of a chunk below which starting a thread for it does not pay.
    private const long ChunkProducts = 1 << 20;

    private const int MostChunks = 16;

    public GemvChunks(in ConvShape shape, int panels)
    {
        Panels = panels;
        long wanted = Math.Clamp(Pixels(shape) * shape.OutChannels * shape.InChannels / ChunkProducts, 1, Math.Min(MostChunks, panels));
        PanelsPerChunk = (panels + (int)wanted - 1) / (int)wanted;
        Count = (panels + PanelsPerChunk - 1) / PanelsPerChunk;
    }

    /// <summary>Chunks.</summary>
    public int Count { get; }

    /// <summary>Panels of a chunk; the last may have fewer.</summary>
    public int PanelsPerChunk { get; }

    /// <summary>All panels.</summary>
    public int Panels { get; }

    /// <summary>Rows of the matrix product: pixels of all images.</summary>
    public static long Pixels(in ConvShape shape) => (long)shape.Batch * shape.OutHeight * shape.OutWidth;
}
