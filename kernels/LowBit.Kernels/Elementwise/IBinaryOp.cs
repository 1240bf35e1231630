using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>An element-wise function of two inputs of one shape, with its two slopes.</summary>
public interface IBinaryOp
{
    /// <summary>Lower-case name in messages, profiles and tests.</summary>
    static abstract string Name { get; }

    /// <summary>True when the slopes depend on the inputs, so that both must be kept.</summary>
    static abstract bool KeepsInputs { get; }

    /// <summary>y = f(a, b).</summary>
    static abstract V Value<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/da.</summary>
    static abstract V SlopeA<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/db.</summary>
    static abstract V SlopeB<L, V>(V a, V b)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>The function in double precision, for the tests' finite differences.</summary>
    static abstract double Exact(double a, double b);
}
