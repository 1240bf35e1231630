namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>How a bit of an activation and a bit of a weight are multiplied, as a type.</summary>
internal interface IBitProduct
{
    /// <summary><c>sum ⊕ product(a, w)</c>.</summary>
    static abstract V Add<L, V>(V a, V w, V sum)
        where L : struct, IBitLanes<V>
        where V : struct;
}
