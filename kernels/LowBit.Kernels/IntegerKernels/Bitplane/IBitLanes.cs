using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// Vector operations of the bitplane family. A lane is one byte and belongs to one output: eight bits of its products are summed at once. Carry-save additions
/// work on single bits; bits are counted per lane.
/// </summary>
internal unsafe interface IBitLanes<V>
    where V : struct
{
    static abstract Isa Isa { get; }

    /// <summary>Outputs of a vector.</summary>
    static abstract int Bytes { get; }

    /// <summary>Pixels of a tile, 1 or 2: as many as have their counters in registers.</summary>
    static abstract int Pixels { get; }

    static abstract V Zero { get; }

    static abstract V Load(byte* p);

    static abstract void Store(V value, byte* p);

    /// <summary>The four bytes at <paramref name="p"/> again and again.</summary>
    static abstract V Broadcast4(byte* p);

    /// <summary><c>sum ⊕ (w ∧ a)</c>.</summary>
    static abstract V AddAnd(V a, V w, V sum);

    /// <summary><c>sum ⊕ w ⊕ a</c>.</summary>
    static abstract V AddXor(V a, V w, V sum);

    /// <summary>
    /// The carry of <c>sum + p + q</c> when <c>first = sum ⊕ p</c> and <c>second = first ⊕ q</c>: where first is 1 exactly one of sum and p was, so the carry is q,
    /// which is ¬second; elsewhere sum and p are equal and are the carry. The products p and q themselves are not needed.
    /// </summary>
    static abstract V CarryOfProducts(V first, V second, V sum);

    /// <summary><c>a ⊕ b ⊕ c</c>.</summary>
    static abstract V Parity(V a, V b, V c);

    /// <summary>The carry of <c>a + b + c</c> when <c>parity = a ⊕ b ⊕ c</c>: a where a and c are equal, ¬parity, which is b, elsewhere.</summary>
    static abstract V Carry(V a, V c, V parity);

    static abstract V Xor(V a, V b);

    static abstract V And(V a, V b);

    static abstract V AddBytes(V a, V b);

    static abstract V AddWords(V a, V b);

    static abstract V SubtractWords(V a, V b);

    /// <summary>For each byte the number of its bits that are 1, times 2^<paramref name="scale"/>; the scale is a constant, 0 to 4.</summary>
    static abstract V CountBits(V bits, int scale);

    /// <summary>Words <c>low + 32·high</c> of the outputs in the lower half of a panel.</summary>
    static abstract V LowerWords(V low, V high);

    /// <summary>Words <c>low + 32·high</c> of the outputs in the upper half of a panel.</summary>
    static abstract V UpperWords(V low, V high);

    /// <summary>The 16-bit number in every word.</summary>
    static abstract V Words(short value);

    /// <summary>Adds one to the words of <paramref name="count"/> where signed <paramref name="a"/> is above <paramref name="threshold"/>.</summary>
    static abstract V CountAbove(V count, V a, V threshold);

    /// <summary>Words, all 0 … 255, of the lower and the upper half of a panel to bytes in the order of the outputs.</summary>
    static abstract V PackWords(V lower, V upper);

    /// <summary>One bit of each of 64 bytes, the first byte's lowest; <paramref name="bit"/> has that bit set in every byte.</summary>
    static abstract ulong Plane(byte* codes, V bit);

    /// <summary>Writes the eight bytes of a number, lowest first, four times each.</summary>
    static abstract void Spread(ulong bits, byte* to);
}
