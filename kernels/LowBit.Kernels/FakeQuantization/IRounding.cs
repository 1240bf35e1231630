using LowBit.Kernels.Isas;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>How a real code v = x/s becomes an integer code, before zero point and clipping: a part of every quantizer.</summary>
public interface IRounding
{
    /// <summary>Lower-case name.</summary>
    static abstract string Name { get; }

    /// <summary>The integer code, as a float, of the real code <paramref name="v"/>, before clipping.</summary>
    static abstract V Round<L, V>(V v)
        where L : struct, ILanes<V>
        where V : struct;
}
