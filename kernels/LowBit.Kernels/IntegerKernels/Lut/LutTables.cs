using System.Numerics;
using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Tables of partial sums: entry e of a pixel's table is the sum over the codes of a group of what each weight makes of its code: <c>w·a</c>, or for a negative
/// weight <c>|w|·(max a − a)</c>, so that no entry is negative. Made by byte shuffles from sixteen channels of a pixel, which are four steps.
/// </summary>
internal static unsafe class LutTables<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    /// <summary>Bytes of the controls of a layer.</summary>
    public const int ControlBytes = 12 * Vector;

    private const int Vector = 64;
    private const byte None = 0x80;

    /// <summary>Writes the controls of a layer.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="controls">Receives <see cref="ControlBytes"/> bytes.</param>
    public static void WriteControls(in LutLayout layout, byte* controls)
    {
        if (layout.IsBinary)
        {
            WriteMatchControls(controls);
        }
        else if (layout.IsBipolar)
        {
            WriteBitControls(layout.MaxActivation, controls);
        }
        else if (layout.IsTernary)
        {
            WriteTernaryControls(layout.MaxActivation, controls);
        }
        else
        {
            WritePairControls(layout.MaxActivation, layout.LowestWeight, controls);
        }
    }

    /// <summary>Tables of one-bit weights for a block of sixteen channels: one for each step of four.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="controls">Controls of the layer.</param>
    /// <param name="tables">Receives a table for each pixel and step.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bits(byte* codes, nint stride, int count, int steps, byte* controls, byte* tables, nint stepBytes)
    {
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector)), k3 = L.Load(controls + (3 * Vector));
        V k4 = L.Load(controls + (4 * Vector)), k5 = L.Load(controls + (5 * Vector)), k6 = L.Load(controls + (6 * Vector)), k7 = L.Load(controls + (7 * Vector));
        V c0 = L.Load(controls + (8 * Vector)), c1 = L.Load(controls + (9 * Vector));
        V flip = L.Load(controls + (10 * Vector)), add = L.Load(controls + (11 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.LoadGroups(codes, stride);
            V b = L.AddBytes(L.Xor(L.Shuffle(a, c0), flip), add);
            byte* to = tables;
            L.Store(L.AddBytes(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3))), to);
            if (steps > 1)
            {
                to += stepBytes;
                L.Store(L.AddBytes(L.AddBytes(L.Shuffle(b, k4), L.Shuffle(b, k5)), L.AddBytes(L.Shuffle(b, k6), L.Shuffle(b, k7))), to);
            }

            if (steps > 2)
            {
                to += stepBytes;
                b = L.AddBytes(L.Xor(L.Shuffle(a, c1), flip), add);
                L.Store(L.AddBytes(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3))), to);
            }

            if (steps > 3)
            {
                to += stepBytes;
                L.Store(L.AddBytes(L.AddBytes(L.Shuffle(b, k4), L.Shuffle(b, k5)), L.AddBytes(L.Shuffle(b, k6), L.Shuffle(b, k7))), to);
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Tables of weights −1, 0 and 1 for a block of sixteen channels: two for each step of four, one for each half of the step.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="controls">Controls of the layer.</param>
    /// <param name="tables">Receives a table for each pixel, step and half.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    /// <param name="halfBytes">Bytes from the first half's table to the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Ternary(byte* codes, nint stride, int count, int steps, byte* controls, byte* tables, nint stepBytes, nint halfBytes)
    {
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector)), k3 = L.Load(controls + (3 * Vector));
        V k4 = L.Load(controls + (4 * Vector)), k5 = L.Load(controls + (5 * Vector)), k6 = L.Load(controls + (6 * Vector)), k7 = L.Load(controls + (7 * Vector));
        V c0 = L.Load(controls + (8 * Vector)), c1 = L.Load(controls + (9 * Vector));
        V flip = L.Load(controls + (10 * Vector)), add = L.Load(controls + (11 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.LoadGroups(codes, stride);
            V b = L.AddBytes(L.Xor(L.Shuffle(a, c0), flip), add);
            byte* to = tables;
            L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
            L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            if (steps > 1)
            {
                to += stepBytes;
                L.Store(L.AddBytes(L.Shuffle(b, k4), L.Shuffle(b, k5)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k6), L.Shuffle(b, k7)), to + halfBytes);
            }

            if (steps > 2)
            {
                to += stepBytes;
                b = L.AddBytes(L.Xor(L.Shuffle(a, c1), flip), add);
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            }

            if (steps > 3)
            {
                to += stepBytes;
                L.Store(L.AddBytes(L.Shuffle(b, k4), L.Shuffle(b, k5)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k6), L.Shuffle(b, k7)), to + halfBytes);
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Tables of two-bit weights for a block of sixteen channels: two for each step of four, one for each half of the step.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="controls">Controls of the layer.</param>
    /// <param name="tables">Receives a table for each pixel, step and half.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    /// <param name="halfBytes">Bytes from the first half's table to the second's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pairs(byte* codes, nint stride, int count, int steps, byte* controls, byte* tables, nint stepBytes, nint halfBytes)
    {
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector)), k3 = L.Load(controls + (3 * Vector));
        V c0 = L.Load(controls + (4 * Vector)), c1 = L.Load(controls + (5 * Vector)), c2 = L.Load(controls + (6 * Vector)), c3 = L.Load(controls + (7 * Vector));
        V flip = L.Load(controls + (8 * Vector)), add = L.Load(controls + (9 * Vector)), twice = L.Load(controls + (10 * Vector));
        for (; count > 0; count -= L.Pixels)
        {
            V a = L.LoadGroups(codes, stride);
            V b = L.AddBytes(L.Xor(L.Shuffle(a, c0), flip), add);
            b = L.AddBytes(b, L.And(b, twice));
            byte* to = tables;
            L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
            L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            if (steps > 1)
            {
                b = L.AddBytes(L.Xor(L.Shuffle(a, c1), flip), add);
                b = L.AddBytes(b, L.And(b, twice));
                to += stepBytes;
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            }

            if (steps > 2)
            {
                b = L.AddBytes(L.Xor(L.Shuffle(a, c2), flip), add);
                b = L.AddBytes(b, L.And(b, twice));
                to += stepBytes;
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            }

            if (steps > 3)
            {
                b = L.AddBytes(L.Xor(L.Shuffle(a, c3), flip), add);
                b = L.AddBytes(b, L.And(b, twice));
                to += stepBytes;
                L.Store(L.AddBytes(L.Shuffle(b, k0), L.Shuffle(b, k1)), to);
                L.Store(L.AddBytes(L.Shuffle(b, k2), L.Shuffle(b, k3)), to + halfBytes);
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    /// <summary>Tables of one-bit weights and one-bit codes for a block of sixteen channels: as <see cref="Bits"/>, where an entry counts the codes that match it.</summary>
    /// <param name="codes">Sixteen codes of the first pixel.</param>
    /// <param name="stride">Bytes from pixel to pixel.</param>
    /// <param name="count">Pixels, whole vectors.</param>
    /// <param name="steps">Steps that exist, 1 to 4.</param>
    /// <param name="controls">Controls of the layer.</param>
    /// <param name="tables">Receives a table for each pixel and step.</param>
    /// <param name="stepBytes">Bytes from step to step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Matches(byte* codes, nint stride, int count, int steps, byte* controls, byte* tables, nint stepBytes)
    {
        V k0 = L.Load(controls), k1 = L.Load(controls + Vector), k2 = L.Load(controls + (2 * Vector)), k3 = L.Load(controls + (3 * Vector));
        V entry = L.Load(controls + (4 * Vector)), matches = L.Load(controls + (5 * Vector)), pairs = L.Integers(0x30003), fours = L.Integers(15);
        for (; count > 0; count -= L.Pixels)
        {
            V n = L.LoadGroups(codes, stride);
            n = L.And(L.Or(n, L.ShiftRight32(n, 7)), pairs);
            n = L.And(L.Or(n, L.ShiftRight32(n, 14)), fours);
            byte* to = tables;
            L.Store(L.Shuffle(matches, L.Xor(L.Shuffle(n, k0), entry)), to);
            if (steps > 1)
            {
                to += stepBytes;
                L.Store(L.Shuffle(matches, L.Xor(L.Shuffle(n, k1), entry)), to);
            }

            if (steps > 2)
            {
                to += stepBytes;
                L.Store(L.Shuffle(matches, L.Xor(L.Shuffle(n, k2), entry)), to);
            }

            if (steps > 3)
            {
                to += stepBytes;
                L.Store(L.Shuffle(matches, L.Xor(L.Shuffle(n, k3), entry)), to);
            }

            codes += L.Pixels * stride;
            tables += L.Pixels * LutLayout.TableBytes;
        }
    }

    // For one-bit weights and codes: where each step's number is, the number of an entry, how many bits of a difference are 0.
    private static void WriteMatchControls(byte* controls)
    {
        for (int at = 0; at < Vector; at++)
        {
            for (int step = 0; step < 4; step++)
            {
                controls[(step * Vector) + at] = (byte)(4 * step);
            }

            controls[(4 * Vector) + at] = (byte)(at % 16);
            controls[(5 * Vector) + at] = (byte)(4 - BitOperations.PopCount((uint)at % 16));
        }
    }

    // For one-bit weights: eight picks, two times two copies, which copies are complements, what complements add.
    private static void WriteBitControls(int maxActivation, byte* controls)
    {
        for (int at = 0; at < Vector; at++)
        {
            int entry = at % 16;
            for (int i = 0; i < 8; i++)
            {
                controls[(i * Vector) + at] = (byte)(((entry >> (i % 4)) & 1) != 0 ? i : 8 + i);
            }

            controls[(8 * Vector) + at] = (byte)(entry % 8);
            controls[(9 * Vector) + at] = (byte)(8 + (entry % 8));
            controls[(10 * Vector) + at] = entry >= 8 ? byte.MaxValue : (byte)0;
            controls[(11 * Vector) + at] = entry >= 8 ? (byte)(maxActivation + 1) : (byte)0;
        }
    }

    // For weights −1, 0 and 1, stored as 0, 1 and 2: as those for one-bit weights, with two picks for each of four tables.
    private static void WriteTernaryControls(int maxActivation, byte* controls)
    {
        WriteBitControls(maxActivation, controls);
        for (int at = 0; at < 8 * Vector; at++)
        {
            int i = at / Vector, stored = ((at % 16) >> (2 * (i % 2))) & 3;
            controls[at] = stored switch
            {
                0 => (byte)(8 + i),
                2 => (byte)i,
                _ => None,
            };
        }
    }

    // For two-bit weights: four picks, four times three copies, which copies are complements, what complements add, which count twice.
    private static void WritePairControls(int maxActivation, int lowest, byte* controls)
    {
        for (int at = 0; at < Vector; at++)
        {
            // Copy k is for the k-th of the three weights that are not 0: two bits hold −2 … 1, so none counts more than twice.
            int entry = at % 16, copy = entry / 4, weight = lowest + copy < 0 ? lowest + copy : lowest + copy + 1;
            bool exists = copy < 3;
            for (int i = 0; i < 4; i++)
            {
                int wanted = lowest + ((entry >> (2 * (i % 2))) & 3);
                controls[(i * Vector) + at] = wanted == 0 ? None : (byte)((4 * (wanted < 0 ? wanted - lowest : wanted - lowest - 1)) + i);
                controls[((4 + i) * Vector) + at] = exists ? (byte)((4 * i) + (entry % 4)) : None;
            }

            controls[(8 * Vector) + at] = exists && weight < 0 ? byte.MaxValue : (byte)0;
            controls[(9 * Vector) + at] = exists && weight < 0 ? (byte)(maxActivation + 1) : (byte)0;
            controls[(10 * Vector) + at] = exists && Math.Abs(weight) > 1 ? byte.MaxValue : (byte)0;
        }
    }
}
