using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>How many steps' pair sums are added in 16 bits before they are widened, which the range proof must allow.</summary>
internal interface IGemvDepth
{
    /// <summary>True when it is whole blocks, a number known at run time; the caller widens them.</summary>
    static abstract bool IsPeriodic { get; }

    /// <summary>Adds the pair sums of one step of a block.</summary>
    static abstract void Add<L, V>([ConstantExpected] int step, V pairs, V ones, ref V narrow, ref V wide)
        where L : struct, IGemvLanes<V>
        where V : struct;
}

/// <summary>Every step is widened.</summary>
internal readonly struct EveryStep : IGemvDepth
{
    public static bool IsPeriodic => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<L, V>([ConstantExpected] int step, V pairs, V ones, ref V narrow, ref V wide)
        where L : struct, IGemvLanes<V>
        where V : struct
        => wide = L.Add32(wide, L.Widen(pairs, ones));
}

/// <summary>Two steps are widened together.</summary>
internal readonly struct TwoSteps : IGemvDepth
{
    public static bool IsPeriodic => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<L, V>([ConstantExpected] int step, V pairs, V ones, ref V narrow, ref V wide)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        if (step % 2 == 0)
        {
            narrow = pairs;
        }
        else
        {
            wide = L.Add32(wide, L.Widen(L.Add16(narrow, pairs), ones));
        }
    }
}

/// <summary>Four steps are widened together.</summary>
internal readonly struct FourSteps : IGemvDepth
{
    public static bool IsPeriodic => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<L, V>([ConstantExpected] int step, V pairs, V ones, ref V narrow, ref V wide)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        if (step % 4 == 0)
        {
            narrow = pairs;
        }
        else if (step % 4 < 3)
        {
            narrow = L.Add16(narrow, pairs);
        }
        else
        {
            wide = L.Add32(wide, L.Widen(L.Add16(narrow, pairs), ones));
        }
    }
}

/// <summary>All steps of some blocks are widened together.</summary>
internal readonly struct WholeBlocks : IGemvDepth
{
    public static bool IsPeriodic => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<L, V>([ConstantExpected] int step, V pairs, V ones, ref V narrow, ref V wide)
        where L : struct, IGemvLanes<V>
        where V : struct
        => narrow = L.Add16(narrow, pairs);
}
