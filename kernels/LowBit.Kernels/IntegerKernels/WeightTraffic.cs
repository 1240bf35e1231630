namespace LowBit.Kernels.IntegerKernels;

/// <summary>The part of a cost model that counts reading the weights once.</summary>
internal static class WeightTraffic
{
    private const long NearCache = 32 << 10;
    private const long OwnCache = 512 << 10;
    private const int Line = 64;

    /// <summary>Core cycles of reading weights forward: from the core's own cache when they are few, else from the shared one.</summary>
    /// <param name="bytes">Bytes of packed weights.</param>
    /// <param name="isAskedAhead">True when the kernel asks for lines ahead of their use.</param>
    public static double Cycles(long bytes, bool isAskedAhead)
    {
        double lines = bytes / (double)Line;
        return bytes <= NearCache ? 0 : bytes <= OwnCache ? 2 * lines : isAskedAhead ? 7 * lines : 8 * lines;
    }
}
