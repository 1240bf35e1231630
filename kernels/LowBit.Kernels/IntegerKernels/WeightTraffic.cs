namespace LowBit.Kernels.IntegerKernels;

/// <summary>The part of a cost model that counts reading the weights once.</summary>
internal static class WeightTraffic
{
    private const long NearCache = 32 << 10;
    private const long OwnCache = 512 << 10;

    /// <summary>Core cycles of reading weights forward: from the core's own cache when they are few, else from the shared one.</summary>
    /// <param name="bytes">Bytes of packed weights.</param>
    public static double Cycles(long bytes) => bytes <= NearCache ? 0 : bytes / 64.0 * (bytes <= OwnCache ? 2 : 6);
}
