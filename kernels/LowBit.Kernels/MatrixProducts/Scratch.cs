using System.Numerics;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// Short-lived native memory of kernels (packed panels, padded images, partial sums): blocks of power-of-two sizes that are kept
/// for the next call, so that a training step allocates nothing.
/// </summary>
internal static unsafe class Scratch
{
    private const int SmallestLog = 12;
    private const int Classes = 32;
    private const int KeptPerClass = 64;

    private static readonly Lock s_lock = new();
    private static readonly nint[][] s_free = CreateClasses();
    private static readonly int[] s_count = new int[Classes];

    /// <summary>Takes a block of at least <paramref name="floats"/> floats, 64-byte aligned, contents unspecified.</summary>
    public static float* Rent(long floats)
    {
        int index = ClassOf(floats);
        lock (s_lock)
        {
            if (s_count[index] > 0)
            {
                return (float*)s_free[index][--s_count[index]];
            }
        }

        return (float*)NativeMemory.AlignedAlloc((nuint)1 << (SmallestLog + index), 64);
    }

    /// <summary>Gives a block back; <paramref name="floats"/> as it was asked for.</summary>
    public static void Return(float* block, long floats)
    {
        int index = ClassOf(floats);
        lock (s_lock)
        {
            if (s_count[index] < KeptPerClass)
            {
                s_free[index][s_count[index]++] = (nint)block;
                return;
            }
        }

        NativeMemory.AlignedFree(block);
    }

    private static int ClassOf(long floats)
        => Math.Max(0, BitOperations.Log2((ulong)Math.Max(1, (floats * sizeof(float)) - 1)) + 1 - SmallestLog);

    private static nint[][] CreateClasses()
    {
        var classes = new nint[Classes][];
        for (int i = 0; i < Classes; i++)
        {
            classes[i] = new nint[KeptPerClass];
        }

        return classes;
    }
}
