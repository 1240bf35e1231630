using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>Sums of a tile in memory: two vectors of words for each accumulator, of whole byte pairs and of their high bytes, modulo 2^16.</summary>
internal static unsafe class LutSums<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    /// <summary>Bytes of the sums of a vector.</summary>
    public static int Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * L.Pixels * LutLayout.TableBytes;
    }

    /// <summary>Sets the sums of <paramref name="count"/> vectors to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(byte* sums, nint count)
    {
        V zero = L.Zero;
        for (; count > 0; count--)
        {
            L.Store(zero, sums);
            L.Store(zero, sums + (Bytes / 2));
            sums += Bytes;
        }
    }
}
