using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Tables of partial sums: entry e of a pixel's table is <c>Σ w[i]·a[i]</c> over the codes of a group, where e holds the stored weights, one or two bits each.
/// Made by byte shuffles from sixteen channels of a pixel, which are four steps: a control picks a code where the entry's weight has it and nothing elsewhere.
/// </summary>
internal static unsafe class LutTables<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    private const int Vector = 64;
    private const int BlockSteps = 4;
    private const byte None = 0x80;

    private static int Bytes => L.Pixels * LutLayout.TableBytes;

    // Aligned, for the life of the process: a control that crosses a cache line costs two loads.
    private static readonly byte* s_bits = BitControls();
    private static readonly byte* s_pairs = PairControls();
    private static readonly byte* s_turns = TurnControls();

    /// <summary>Tables of one-bit weights for a block of sixteen channels: one for each step of four.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="tables">Receives a table for each pixel and step.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bits(byte* codes, nint stride, int count, int steps, byte* tables, nint stepBytes)
    {
        byte* controls = s_bits;
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.LoadGroups(codes, stride);
            L.Store(Bit(a, controls), tables);
            if (steps > 1)
            {
                L.Store(Bit(a, controls + (4 * Vector)), tables + stepBytes);
            }

            if (steps > 2)
            {
                L.Store(Bit(a, controls + (8 * Vector)), tables + (2 * stepBytes));
            }

            if (steps > 3)
            {
                L.Store(Bit(a, controls + (12 * Vector)), tables + (3 * stepBytes));
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Tables of two-bit weights for a block of sixteen channels: two for each step of four.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="tables">Receives a table for each pixel, step and half of the step.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    /// <param name="halfBytes">Bytes from the first half's table to the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pairs(byte* codes, nint stride, int count, int steps, byte* tables, nint stepBytes, nint halfBytes)
    {
        byte* controls = s_pairs;
        V twice = L.Load(controls), thrice = L.Load(controls + Vector);
        V k0 = L.Load(controls + (2 * Vector)), k1 = L.Load(controls + (3 * Vector)), k2 = L.Load(controls + (4 * Vector)), k3 = L.Load(controls + (5 * Vector));
        V c0 = L.Load(controls + (6 * Vector)), c1 = L.Load(controls + (7 * Vector)), c2 = L.Load(controls + (8 * Vector)), c3 = L.Load(controls + (9 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.LoadGroups(codes, stride);
            V b = Multiples(L.Shuffle(a, c0), twice, thrice);
            L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), tables);
            L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), tables + halfBytes);
            byte* to = tables + stepBytes;
            if (steps > 1)
            {
                b = Multiples(L.Shuffle(a, c1), twice, thrice);
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
                to += stepBytes;
            }

            if (steps > 2)
            {
                b = Multiples(L.Shuffle(a, c2), twice, thrice);
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
                to += stepBytes;
            }

            if (steps > 3)
            {
                b = Multiples(L.Shuffle(a, c3), twice, thrice);
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Code sums of pixels: the words of a pixel's group add up to <c>Σ weight·code</c> over its channels, modulo 2^16.</summary>
    /// <param name="codes">Codes of the first pixel, whole blocks of sixteen.</param>
    /// <param name="blocks">Blocks of a pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="weights">Weights of whole blocks, 64 bytes, then of the last one.</param>
    /// <param name="sums">Receives sixteen bytes a pixel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CodeSums(byte* codes, int blocks, int count, byte* weights, byte* sums)
    {
        V whole = L.Load(weights), part = L.Load(weights + Vector);
        nint stride = (nint)blocks * 16;
        for (; count > 0; count -= L.Pixels)
        {
            byte* from = codes;
            V sum = L.Zero;
            for (int i = 1; i < blocks; i++)
            {
                sum = L.AddWords(sum, L.PairSums(L.LoadGroups(from, stride), whole));
                from += 16;
            }

            L.Store(L.AddWords(sum, L.PairSums(L.LoadGroups(from, stride), part)), sums);
            codes += L.Pixels * stride;
            sums += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Adds the code sums of all taps of each output pixel; the total fills the eight words of the pixel's group.</summary>
    /// <param name="rows">The tables of the output row's first input row.</param>
    /// <param name="offsets">Offset of the code sums of each tap.</param>
    /// <param name="taps">Taps.</param>
    /// <param name="vectors">Vectors of pixels.</param>
    /// <param name="corrections">Receives the totals.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WindowSums(byte* rows, nint* offsets, int taps, int vectors, byte* corrections)
    {
        byte* controls = s_turns;
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector));
        nint* end = offsets + taps;
        for (; vectors >= 4; vectors -= 4)
        {
            V s0 = L.Zero, s1 = L.Zero, s2 = L.Zero, s3 = L.Zero;
            for (nint* offset = offsets; offset < end; offset++)
            {
                byte* from = rows + *offset;
                s0 = L.AddWords(s0, L.Load(from));
                s1 = L.AddWords(s1, L.Load(from + Bytes));
                s2 = L.AddWords(s2, L.Load(from + (2 * Bytes)));
                s3 = L.AddWords(s3, L.Load(from + (3 * Bytes)));
            }

            L.Store(Total(s0, k0, k1, k2), corrections);
            L.Store(Total(s1, k0, k1, k2), corrections + Bytes);
            L.Store(Total(s2, k0, k1, k2), corrections + (2 * Bytes));
            L.Store(Total(s3, k0, k1, k2), corrections + (3 * Bytes));
            rows += 4 * Bytes;
            corrections += 4 * Bytes;
        }

        for (; vectors > 0; vectors--)
        {
            V sum = L.Zero;
            for (nint* offset = offsets; offset < end; offset++)
            {
                sum = L.AddWords(sum, L.Load(rows + *offset));
            }

            L.Store(Total(sum, k0, k1, k2), corrections);
            rows += Bytes;
            corrections += Bytes;
        }
    }

    // The sum of a group's words, in all of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Total(V sum, V k0, V k1, V k2)
    {
        sum = L.AddWords(sum, L.Shuffle(sum, k0));
        sum = L.AddWords(sum, L.Shuffle(sum, k1));
        return L.AddWords(sum, L.Shuffle(sum, k2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bit(V codes, byte* controls)
    {
        V low = L.AddBytes(L.Shuffle(codes, L.Load(controls)), L.Shuffle(codes, L.Load(controls + Vector)));
        return L.AddBytes(low, L.AddBytes(L.Shuffle(codes, L.Load(controls + (2 * Vector))), L.Shuffle(codes, L.Load(controls + (3 * Vector)))));
    }

    // Three copies of four codes: once, twice and three times the codes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Multiples(V copies, V twice, V thrice) => L.AddBytes(copies, L.AddBytes(L.And(copies, twice), L.And(copies, thrice)));

    // Control 4·step + i picks code i of the step where bit i of the entry is set.
    private static byte* BitControls()
    {
        byte* controls = (byte*)NativeMemory.AlignedAlloc(BlockSteps * 4 * Vector, Vector);
        for (int at = 0; at < BlockSteps * 4 * Vector; at++)
        {
            int code = at / Vector, entry = at % 16;
            controls[at] = ((entry >> (code % 4)) & 1) != 0 ? (byte)code : None;
        }

        return controls;
    }

    // The bytes that are added a second and a third time; which of the multiples each entry takes for each of four weights; three copies of each step's codes.
    private static byte* PairControls()
    {
        byte* controls = (byte*)NativeMemory.AlignedAlloc((6 + BlockSteps) * Vector, Vector);
        for (int at = 0; at < Vector; at++)
        {
            int entry = at % 16;
            controls[at] = entry is >= 4 and < 12 ? byte.MaxValue : (byte)0;
            controls[Vector + at] = entry is >= 8 and < 12 ? byte.MaxValue : (byte)0;
            for (int i = 0; i < 4; i++)
            {
                int weight = (entry >> (2 * (i % 2))) & 3;
                controls[((2 + i) * Vector) + at] = weight == 0 ? None : (byte)((4 * (weight - 1)) + i);
                controls[((6 + i) * Vector) + at] = entry < 12 ? (byte)((4 * i) + (entry % 4)) : None;
            }
        }

        return controls;
    }

    // Bring each word the one eight, four and two bytes away.
    private static byte* TurnControls()
    {
        byte* controls = (byte*)NativeMemory.AlignedAlloc(3 * Vector, Vector);
        for (int at = 0; at < 3 * Vector; at++)
        {
            controls[at] = (byte)((at % 16) ^ (8 >> (at / Vector)));
        }

        return controls;
    }
}
