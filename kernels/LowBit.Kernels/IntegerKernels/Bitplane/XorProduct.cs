using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>A weight that is −1 or 1, as one bit that is 1 for −1: <c>w ⊕ a</c> is the product, plus one for each weight −1.</summary>
internal readonly struct XorProduct : IBitProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<L, V>(V a, V w, V sum)
        where L : struct, IBitLanes<V>
        where V : struct
        => L.AddXor(a, w, sum);
}
