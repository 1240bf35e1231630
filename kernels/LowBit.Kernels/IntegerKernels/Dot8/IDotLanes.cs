using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// Integer lanes of one vector width: what the dot8 bodies are written against. A vector is <see cref="Count"/> lanes of 32 bits; a lane
/// is also read as four bytes or two 16-bit integers. All widths give the same integers as long as the range proof holds.
/// </summary>
internal unsafe interface IDotLanes<V>
    where V : struct
{
    static abstract Isa Isa { get; }

    /// <summary>Family of the kernels made of these lanes.</summary>
    static abstract string Family { get; }

    /// <summary>True when this CPU has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Widest activation codes that the instructions take, 8 or fewer bits.</summary>
    static abstract int MaxActivationBits { get; }

    /// <summary>True when <see cref="AddDot"/> is exact for all bytes: no sum of products passes through 16 bits.</summary>
    static abstract bool DotIsExact { get; }

    /// <summary>32-bit lanes: outputs of a panel.</summary>
    static abstract int Count { get; }

    /// <summary>Vector registers that a tile may use.</summary>
    static abstract int Registers { get; }

    static abstract V Zero { get; }

    /// <summary>Every 16-bit integer 1: the second operand of <see cref="Widen"/>.</summary>
    static abstract V Ones { get; }

    static abstract V Load(byte* p);

    /// <summary>The four bytes at p in every lane.</summary>
    static abstract V Broadcast(byte* p);

    /// <summary>Lane c: first[c] in the low and second[c] in the high 16-bit integer. Reads <see cref="Count"/> bytes of each.</summary>
    static abstract V LoadPair(byte* first, byte* second);

    /// <summary>Lane c: byte c of p, zero-extended. Reads <see cref="Count"/> bytes.</summary>
    static abstract V LoadBytes(byte* p);

    static abstract void Store(V value, int* p);

    /// <summary>Per 16-bit integer: u0·s0 + u1·s1 of unsigned and signed bytes. The sum must fit; hardware would saturate it.</summary>
    static abstract V PairSums(V unsigned, V signed);

    static abstract V Add16(V a, V b);

    /// <summary>Per lane: the sum of its two signed 16-bit integers.</summary>
    static abstract V Widen(V pairs, V ones);

    /// <summary>Per lane: a0·w0 + a1·w1 of signed 16-bit integers.</summary>
    static abstract V WordDot(V a, V w);

    static abstract V Add32(V a, V b);

    /// <summary>Per lane: sum + u0·s0 + u1·s1 + u2·s2 + u3·s3 of unsigned and signed bytes; unless exact, pair sums must fit 16 bits.</summary>
    static abstract V AddDot(V sum, V unsigned, V signed, V ones);
}
