using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Reductions;

/// <summary>
/// A reduction of many floats to one number: each element is mapped, then combined. Blocks have a fixed size and are
/// combined in order in double precision, so the thread count never changes the result.
/// </summary>
public interface IReduction
{
    /// <summary>Lower-case name.</summary>
    static abstract string Name { get; }

    /// <summary>The result for no element at all.</summary>
    static abstract float Identity { get; }

    /// <summary>Applied to each element first.</summary>
    static abstract V Map<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>Combines two partial results of one block.</summary>
    static abstract V Combine<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>Combines the results of two blocks.</summary>
    static abstract double Combine(double a, double b);
}
