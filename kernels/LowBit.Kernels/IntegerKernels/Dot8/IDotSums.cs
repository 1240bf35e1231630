using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// How products become 32-bit sums. In groups: the pair sums of one, two or four steps are added in 16 bits, widened and added in 32 bits. Delayed: accumulators are
/// 16-bit integers, widened after the last step or, where the range proof does not allow that, every few steps too. Wide: codes are 16-bit integers, two to a step, and
/// products are formed in 32 bits. Exact: the instruction set adds four products at once.
/// </summary>
internal interface IDotSums
{
    /// <summary>Steps whose pair sums are added before they are widened into the accumulators.</summary>
    static abstract int Group { get; }

    static abstract bool IsDelayed { get; }

    /// <summary>True when delayed sums are widened before the last step too.</summary>
    static abstract bool IsRepeated { get; }

    static abstract bool IsWide { get; }

    /// <summary>The products of one step.</summary>
    static abstract V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct;

    /// <summary>Adds what a step, or a group, contributes to an accumulator.</summary>
    static abstract V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct;
}

internal readonly struct SumsAtOnce : IDotSums
{
    public static int Group => 1;

    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add32(c, x);
}

internal readonly struct SumsOfTwo : IDotSums
{
    public static int Group => 2;

    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add32(c, x);
}

internal readonly struct SumsOfFour : IDotSums
{
    public static int Group => 4;

    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add32(c, x);
}

internal readonly struct SumsDelayed : IDotSums
{
    public static int Group => 1;

    public static bool IsDelayed => true;

    public static bool IsRepeated => false;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add16(c, x);
}

internal readonly struct SumsRepeated : IDotSums
{
    public static int Group => 1;

    public static bool IsDelayed => true;

    public static bool IsRepeated => true;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add16(c, x);
}

internal readonly struct SumsWide : IDotSums
{
    public static int Group => 1;

    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.WordDot(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add32(c, x);
}

internal readonly struct SumsExact : IDotSums
{
    public static int Group => 1;

    public static bool IsDelayed => false;

    public static bool IsRepeated => false;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Product<L, V>(V a, V w)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.PairSums(a, w);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sum<L, V>(V c, V x)
        where L : struct, IDotLanes<V>
        where V : struct
        => L.Add32(c, x);
}
