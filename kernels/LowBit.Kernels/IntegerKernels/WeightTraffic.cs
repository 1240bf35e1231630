namespace LowBit.Kernels.IntegerKernels;

/// <summary>The part of a cost model that counts reading the weights once.</summary>
internal static class WeightTraffic
{
    private const long NearCache = 32 << 10;
    private const long OwnCache = 512 << 10;
    private const int Line = 64;

    /// <summary>
    /// Cycles of arithmetic on weights that nobody asks for ahead: half of the shorter of both, arithmetic and reading, is not hidden behind the other.
    /// </summary>
    /// <param name="arithmetic">Cycles with all weights near.</param>
    /// <param name="bytes">Bytes of packed weights.</param>
    public static double Beside(double arithmetic, long bytes)
    {
        double reading = Cycles(bytes, isAskedAhead: false);
        return Math.Max(arithmetic, reading) + (0.5 * Math.Min(arithmetic, reading));
    }

    /// <summary>Core cycles of reading weights forward: from the core's own cache when they are few, else from the shared one.</summary>
    /// <param name="bytes">Bytes of packed weights.</param>
    /// <param name="isAskedAhead">True when the kernel asks for lines ahead of their use.</param>
    public static double Cycles(long bytes, bool isAskedAhead)
    {
        double lines = bytes / (double)Line;
        return bytes <= NearCache ? 0 : bytes <= OwnCache ? 2 * lines : isAskedAhead ? 7 * lines : 8 * lines;
    }
}
