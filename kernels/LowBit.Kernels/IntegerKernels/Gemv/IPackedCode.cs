using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// How weight codes lie in the stream. A block is <see cref="Vectors"/> vectors that hold the codes of <see cref="Steps"/> steps; a step is
/// four products of each output: one code in every byte of a vector.
/// </summary>
internal unsafe interface IPackedCode
{
    /// <summary>Steps of a block, 4 or 8.</summary>
    static abstract int Steps { get; }

    /// <summary>Vectors of a block.</summary>
    static abstract int Vectors { get; }

    /// <summary>True when codes are signed bytes; else they are unsigned, counted from the smallest weight.</summary>
    static abstract bool IsSigned { get; }

    /// <summary>True when the codes of odd steps come four times as large: masked where they lie, not shifted.</summary>
    static abstract bool IsOddScaled { get; }

    /// <summary>Asks for the cache lines of the block at p.</summary>
    static abstract void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct;

    /// <summary>The codes of one step, a byte each.</summary>
    static abstract V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct;

    /// <summary>Puts one code into a block of zeros: byte <paramref name="at"/> of the step's vector.</summary>
    static abstract void Put(byte* block, int vectorBytes, int step, int at, int code);
}

/// <summary>Eight bits: signed bytes.</summary>
internal readonly unsafe struct Code8 : IPackedCode
{
    public static int Steps => 4;

    public static int Vectors => 4;

    public static bool IsSigned => true;

    public static bool IsOddScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
        L.Prefetch(p + (2 * L.Bytes));
        L.Prefetch(p + (3 * L.Bytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
        => L.Load(block + (step * L.Bytes));

    public static void Put(byte* block, int vectorBytes, int step, int at, int code) => block[(step * vectorBytes) + at] = (byte)code;
}

/// <summary>Six bits: two vectors of nibbles, then one of the upper two bits.</summary>
internal readonly unsafe struct Code6 : IPackedCode
{
    public static int Steps => 4;

    public static int Vectors => 3;

    public static bool IsSigned => false;

    public static bool IsOddScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
        L.Prefetch(p + (2 * L.Bytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        V low = Code4.Unpack<L, V>(block, step), high = L.Load(block + (2 * L.Bytes));
        high = step switch
        {
            0 => L.ShiftLeft(high, 4),
            1 => L.ShiftLeft(high, 2),
            2 => high,
            _ => L.ShiftRight(high, 2),
        };
        return L.AndOr(high, L.SplatByte(0x30), low);
    }

    public static void Put(byte* block, int vectorBytes, int step, int at, int code)
    {
        Code4.Put(block, vectorBytes, step, at, code & 15);
        block[(2 * vectorBytes) + at] |= (byte)((code >> 4) << (2 * step));
    }
}

/// <summary>Five bits: four vectors of nibbles, then one of the upper bits.</summary>
internal readonly unsafe struct Code5 : IPackedCode
{
    public static int Steps => 8;

    public static int Vectors => 5;

    public static bool IsSigned => false;

    public static bool IsOddScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
        L.Prefetch(p + (2 * L.Bytes));
        L.Prefetch(p + (3 * L.Bytes));
        L.Prefetch(p + (4 * L.Bytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        V low = Code4.Unpack<L, V>(block, step), high = L.Load(block + (4 * L.Bytes));
        high = step switch
        {
            0 => L.ShiftLeft(high, 4),
            1 => L.ShiftLeft(high, 3),
            2 => L.ShiftLeft(high, 2),
            3 => L.ShiftLeft(high, 1),
            4 => high,
            5 => L.ShiftRight(high, 1),
            6 => L.ShiftRight(high, 2),
            _ => L.ShiftRight(high, 3),
        };
        return L.AndOr(high, L.SplatByte(0x10), low);
    }

    public static void Put(byte* block, int vectorBytes, int step, int at, int code)
    {
        Code4.Put(block, vectorBytes, step, at, code & 15);
        block[(4 * vectorBytes) + at] |= (byte)((code >> 4) << step);
    }
}

/// <summary>Four bits: two to a byte.</summary>
internal readonly unsafe struct Code4 : IPackedCode
{
    public static int Steps => 4;

    public static int Vectors => 2;

    public static bool IsSigned => false;

    public static bool IsOddScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        V codes = L.Load(block + (step / 2 * L.Bytes));
        return L.And(step % 2 == 0 ? codes : L.ShiftRight(codes, 4), L.SplatByte(0x0F));
    }

    public static void Put(byte* block, int vectorBytes, int step, int at, int code)
        => block[(step / 2 * vectorBytes) + at] |= (byte)(code << (step % 2 * 4));
}

/// <summary>
/// Three bits: eight codes in three bytes. Each byte has two whole codes below and two loose bits on top: those of the first and second byte are
/// the low bits of codes 6 and 7, those of the third are their high bits. Fewer instructions than bit planes.
/// </summary>
internal readonly unsafe struct Code3 : IPackedCode
{
    public static int Steps => 8;

    public static int Vectors => 3;

    public static bool IsSigned => false;

    public static bool IsOddScaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
        L.Prefetch(p + (2 * L.Bytes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        V third = L.Load(block + (2 * L.Bytes));
        if (step < 6)
        {
            V codes = L.Load(block + (step / 2 * L.Bytes));
            return L.And(step % 2 == 0 ? codes : L.ShiftRight(codes, 3), L.SplatByte(7));
        }

        V low = L.And(L.ShiftRight(L.Load(block + ((step - 6) * L.Bytes)), 6), L.SplatByte(3));
        return L.AndOr(step == 6 ? L.ShiftRight(third, 4) : L.ShiftRight(third, 5), L.SplatByte(4), low);
    }

    public static void Put(byte* block, int vectorBytes, int step, int at, int code)
    {
        if (step < 6)
        {
            block[(step / 2 * vectorBytes) + at] |= (byte)(code << (step % 2 * 3));
            return;
        }

        block[((step - 6) * vectorBytes) + at] |= (byte)((code & 3) << 6);
        block[(2 * vectorBytes) + at] |= (byte)((code >> 2) << step);
    }
}

/// <summary>Two bits: four to a byte. Every second one is left in the upper half of its nibble, which saves a shift.</summary>
internal readonly unsafe struct Code2 : IPackedCode
{
    public static int Steps => 8;

    public static int Vectors => 2;

    public static bool IsSigned => false;

    public static bool IsOddScaled => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<L, V>(byte* p)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        L.Prefetch(p);
        L.Prefetch(p + L.Bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Unpack<L, V>(byte* block, [ConstantExpected] int step)
        where L : struct, IGemvLanes<V>
        where V : struct
    {
        V codes = L.Load(block + (step / 4 * L.Bytes));
        codes = step % 4 < 2 ? codes : L.ShiftRight(codes, 4);
        return L.And(codes, step % 2 == 0 ? L.SplatByte(3) : L.SplatByte(12));
    }

    public static void Put(byte* block, int vectorBytes, int step, int at, int code)
        => block[(step / 4 * vectorBytes) + at] |= (byte)(code << (step % 4 * 2));
}
