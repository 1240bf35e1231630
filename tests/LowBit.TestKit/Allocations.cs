namespace LowBit.TestKit;

/// <summary>What a call allocates.</summary>
public static class Allocations
{
    /// <summary>
    /// The fewest managed bytes that the calling thread allocates in one call, after a first one that does not count. The fewest of several, because a lock allocates once when it is first
    /// fought over, and the pool of working memory, which all kernels of the process share, is locked. What each call allocates is in each count.
    /// </summary>
    public static long Least(Action call, int rounds = 20)
    {
        call();
        long least = long.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
