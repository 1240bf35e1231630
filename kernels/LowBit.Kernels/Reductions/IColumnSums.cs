using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>Two sums down the columns of a matrix, taken in one pass.</summary>
internal interface IColumnSums
{
    /// <summary>False when only the first sum is wanted.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>Adds the terms of elements <paramref name="i"/> … of columns <paramref name="column"/> … to the first sum.</summary>
    V First<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>Adds to the second sum.</summary>
    V Second<L, V>(nuint i, nuint column, V sum)
        where L : struct, ILanes<V>
        where V : struct;
}
