using System.Diagnostics.CodeAnalysis;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// What the gemv bodies are written against: one vector width, read as bytes, 16-bit or 32-bit integers. All widths give the same integers as long as
/// the 16-bit sums fit.
/// </summary>
internal unsafe interface IGemvLanes<V>
    where V : struct
{
    static abstract Isa Isa { get; }

    /// <summary>Bytes of a vector.</summary>
    static abstract int Bytes { get; }

    /// <summary>32-bit lanes of a vector: outputs of a panel of products.</summary>
    static abstract int Count { get; }

    /// <summary>Vectors of a panel of look-ups: each keeps three sums in registers.</summary>
    static abstract int TableVectors { get; }

    static abstract V Zero { get; }

    /// <summary>Asks for the cache line at p. It need not be readable.</summary>
    static abstract void Prefetch(byte* p);

    static abstract V Load(void* p);

    static abstract void Store(V value, void* p);

    static abstract V SplatByte(byte value);

    static abstract V SplatWord(short value);

    static abstract V SplatInt(int value);

    /// <summary>The four bytes at p in every 32-bit lane.</summary>
    static abstract V Broadcast4(byte* p);

    /// <summary>The sixteen bytes at p in every 128-bit lane.</summary>
    static abstract V Broadcast16(byte* p);

    static abstract V And(V a, V b);

    /// <summary><c>(a &amp; mask) | b</c>.</summary>
    static abstract V AndOr(V a, V mask, V b);

    /// <summary>16-bit lanes, zeros shifted in.</summary>
    static abstract V ShiftRight(V a, [ConstantExpected] byte bits);

    /// <summary>16-bit lanes, zeros shifted in.</summary>
    static abstract V ShiftLeft(V a, [ConstantExpected] byte bits);

    /// <summary>A quarter of each signed 16-bit lane.</summary>
    static abstract V Quarter16(V a);

    static abstract V Add8(V a, V b);

    static abstract V Add16(V a, V b);

    static abstract V Subtract16(V a, V b);

    static abstract V Add32(V a, V b);

    /// <summary>Per 16-bit lane: u0·s0 + u1·s1 of unsigned and signed bytes. The sum must fit; hardware would saturate it.</summary>
    static abstract V PairSums(V unsigned, V signed);

    /// <summary>Per 32-bit lane: the sum of its two signed 16-bit integers.</summary>
    static abstract V Widen(V pairs, V ones);

    /// <summary>Within each 128-bit lane: byte i of the result is byte <c>index[i]</c> of the table; indices are below 16.</summary>
    static abstract V Shuffle(V table, V index);

    /// <summary>Adds the unsigned 16-bit integers of <paramref name="words"/>, in order, to 2 · <see cref="Count"/> 32-bit integers.</summary>
    static abstract void Accumulate(V words, int* sums);
}
