namespace LowBit.Kernels.MatrixProducts;

/// <summary>The few float operations of a register tile, for one vector width; pointers because tiles work on packed native memory.</summary>
/// <typeparam name="V">The vector.</typeparam>
internal unsafe interface IFmaLanes<V>
    where V : struct
{
    /// <summary>Floats per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Largest number of tile rows that keeps every accumulator in a register, with one or two vectors per row.</summary>
    static abstract int MaxRows(int vectors);

    static abstract V Load(float* source);

    static abstract void Store(float* destination, V value);

    /// <summary>One float in all lanes.</summary>
    static abstract V Broadcast(float* source);

    static abstract V Add(V a, V b);

    /// <summary>a · b + c; rounded once where the instruction set has a fused form.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
}
