namespace LowBit.Kernels.Ceilings;

/// <summary>The byte operations whose peak rates are measured, for one vector width.</summary>
/// <typeparam name="V">The vector, as bytes.</typeparam>
internal unsafe interface IByteLanes<V>
    where V : struct
{
    static abstract int Bytes { get; }

    static abstract V Load(byte* source);

    static abstract void Store(byte* destination, V value);

    /// <summary>int16 sums of neighbouring u8·s8 products.</summary>
    static abstract V PairSums(V unsigned, V signed);

    /// <summary>int32 <paramref name="sums"/> plus neighbouring int16 of <paramref name="pairs"/>; <paramref name="ones"/> holds int16 ones.</summary>
    static abstract V WidenAdd(V sums, V pairs, V ones);

    static abstract V AddWords(V a, V b);

    static abstract V AddBytes(V a, V b);

    /// <summary>Look-up in a table of 16 bytes per 128-bit part.</summary>
    static abstract V Shuffle(V table, V index);
}
