using LowBit.Kernels.Devices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// Short-lived native memory of kernels (packed panels, padded images, partial sums): blocks that are kept for the next call, so that a
/// training step allocates nothing; large ones on huge pages, because packed panels are read across many pages.
/// </summary>
internal static unsafe class Scratch
{
    /// <summary>Takes a block of at least <paramref name="floats"/> floats, 64-byte aligned, contents unspecified.</summary>
    public static float* Rent(long floats) => (float*)NativeMemoryPool.Scratch.Take(floats * sizeof(float), out _);

    /// <summary>Gives a block back; <paramref name="floats"/> as it was asked for.</summary>
    public static void Return(float* block, long floats)
        => NativeMemoryPool.Scratch.Return((byte*)block, NativeMemoryPool.Capacity(floats * sizeof(float)));
}
