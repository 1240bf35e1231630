using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>A bit of a two's complement weight: <c>w ∧ a</c>.</summary>
internal readonly struct AndProduct : IBitProduct
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<L, V>(V a, V w, V sum)
        where L : struct, IBitLanes<V>
        where V : struct
        => L.AddAnd(a, w, sum);
}
