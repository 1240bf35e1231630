namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How the weights are fetched: one stream, strictly forward, asked for ahead of its use.</summary>
internal static class GemvStream
{
    /// <summary>
    /// Bytes ahead: far enough to cover the latency of the shared cache, near enough to stay in the nearest one. Hardware prefetchers end at every page.
    /// </summary>
    public const int Ahead = 2048;
}
