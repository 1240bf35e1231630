using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Vector operations of the lut family. A vector is <see cref="Pixels"/> groups of 16 bytes: group p belongs to pixel p of neighbouring pixels, its byte i to
/// output i of a panel of 16, or to entry i of a table.
/// </summary>
internal unsafe interface ILutLanes<V>
    where V : struct
{
    static abstract Isa Isa { get; }

    /// <summary>Groups of 16 bytes in a vector.</summary>
    static abstract int Pixels { get; }

    /// <summary>Accumulators of the largest tile.</summary>
    static abstract int MaxTiles { get; }

    static abstract V Zero { get; }

    static abstract V Load(byte* p);

    static abstract void Store(V value, byte* p);

    /// <summary>The 16 bytes at <paramref name="p"/> in every group.</summary>
    static abstract V Broadcast16(byte* p);

    /// <summary>The 16-bit number in every word.</summary>
    static abstract V Words(short value);

    /// <summary>The 32-bit number in every 32 bits.</summary>
    static abstract V Integers(int value);

    /// <summary>Sixteen bytes of each pixel: group p is at <c>p + index·stride</c>.</summary>
    static abstract V LoadGroups(byte* p, nint stride);

    /// <summary>Byte i of a group is byte <c>control[i]</c> of its group in <paramref name="table"/>, or 0 where the control's high bit is set.</summary>
    static abstract V Shuffle(V table, V control);

    /// <summary>Adds to each byte what a look-up finds: see <see cref="Shuffle"/>.</summary>
    static abstract V LookUp(V sum, V table, V control);

    static abstract V And(V a, V b);

    static abstract V Or(V a, V b);

    static abstract V Xor(V a, V b);

    static abstract V AddBytes(V a, V b);

    static abstract V SubtractWords(V a, V b);

    /// <summary>Adds every word of <paramref name="bytes"/> to the words at <paramref name="sums"/>, and the words' high bytes to the next vector of words.</summary>
    static abstract void Widen(V bytes, byte* sums);

    /// <summary>Every word times 256.</summary>
    static abstract V ShiftLeft8(V a);

    /// <summary>Every 32-bit number shifted to the left.</summary>
    static abstract V ShiftLeft32(V a, int count);

    /// <summary>Every unsigned 32-bit number shifted to the right.</summary>
    static abstract V ShiftRight32(V a, int count);

    /// <summary>Adds one to the words of <paramref name="count"/> where signed <paramref name="a"/> is at least <paramref name="threshold"/> plus one.</summary>
    static abstract V CountAbove(V count, V a, V threshold);

    /// <summary>Words, all 0 … 255, to bytes: in each group the eight of <paramref name="low"/>, then the eight of <paramref name="high"/>.</summary>
    static abstract V PackWords(V low, V high);

    /// <summary>Group p goes to <c>p + index·stride</c>.</summary>
    static abstract void StoreGroups(V value, byte* p, nint stride);
}
