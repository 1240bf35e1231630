using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Elementwise;

/// <summary>
/// An element-wise function with its gradient: the formula, its slope and what is kept stand together. The formula is
/// written once for all vector widths.
/// </summary>
public interface IUnaryOp
{
    /// <summary>Lower-case name in messages, profiles and tests.</summary>
    static abstract string Name { get; }

    /// <summary>What <see cref="Slope"/> is computed from.</summary>
    static abstract Keeps Keeps { get; }

    /// <summary>True when <see cref="Slope"/> is deliberately not the derivative of <see cref="Value"/> (straight-through estimators).</summary>
    static virtual bool IsStraightThrough => false;

    /// <summary>y = f(x).</summary>
    static abstract V Value<L, V>(V x)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>dy/dx as the op declares it, from the kept value.</summary>
    static abstract V Slope<L, V>(V kept)
        where L : struct, ILanes<V>
        where V : struct;

    /// <summary>
    /// The function, in double precision, whose derivative <see cref="Slope"/> is; equals the value unless the op is
    /// straight-through. Tests compare the slope with its finite difference, so that every estimator stays checked.
    /// </summary>
    static abstract double Surrogate(double x);
}
