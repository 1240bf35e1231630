using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>Carry-save additions: every bit of a vector is a counter of its own, spread over vectors of ones, twos, fours and so on.</summary>
internal static unsafe class CarrySave
{
    /// <summary>Adds two vectors of one significance; returns the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<L, V>(ref V sum, V b, V c)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        V parity = L.Parity(b, sum, c);
        V carry = L.Carry(sum, c, parity);
        sum = parity;
        return carry;
    }

    /// <summary>Adds one vector; returns the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<L, V>(ref V sum, V b)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        V carry = L.And(sum, b);
        sum = L.Xor(sum, b);
        return carry;
    }

    /// <summary>Adds the products of eight vectors with one; returns the carry of fours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Eight<L, V>(byte* x, V w, ref V ones, ref V twos, ref V fours)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        V c = Two<L, V>(x, w, ref ones);
        V d = Two<L, V>(x + 128, w, ref ones);
        V e = Add<L, V>(ref twos, c, d);
        c = Two<L, V>(x + 256, w, ref ones);
        d = Two<L, V>(x + 384, w, ref ones);
        return Add<L, V>(ref fours, e, Add<L, V>(ref twos, c, d));
    }

    /// <summary>Something that needs all of five vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Join<L, V>(V a, V b, V c, V d, V e)
        where L : struct, IBitLanes<V>
        where V : struct
        => L.Parity(L.Parity(a, b, c), d, e);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Two<L, V>(byte* x, V w, ref V ones)
        where L : struct, IBitLanes<V>
        where V : struct
    {
        V first = L.AddAnd(L.Load(x), w, ones), second = L.AddAnd(L.Load(x + 64), w, first), carry = L.CarryOfProducts(first, second, ones);
        ones = second;
        return carry;
    }
}
