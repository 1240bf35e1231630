using System.Runtime.CompilerServices;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// The inner loop: windows times one panel. Bit products are added by carry-save adders (Harley and Seal; see Muła, Kurz and Lemire, arXiv 1611.07612): vectors of
/// ones, twos, fours, eights and sixteens hold one bit of each position's count, and only every thirty-second product is counted in a lane. At the
/// lowest level a product is never formed: it is part of the two functions that add it.
/// </summary>
/// <typeparam name="L">Vector operations.</typeparam>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="P">How bits are multiplied.</typeparam>
internal static unsafe class BitplaneTile<L, V, P>
    where L : struct, IBitLanes<V>
    where V : struct
    where P : struct, IBitProduct
{
    private const int Joined = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run(BitplaneTileArguments* arguments)
    {
        byte** windows = arguments->Windows;
        byte* counters = arguments->Counters;
        nint* end = arguments->Passes + (2 * arguments->PassCount);
        for (nint left = arguments->Count; left > 0; left -= L.Pixels)
        {
            // An odd pixel at the end is computed twice.
            byte* a0 = windows[0], a1 = left > 1 && L.Pixels > 1 ? windows[1] : a0, weights = arguments->Weights;
            windows += L.Pixels;
            V ones0 = L.Zero, twos0 = L.Zero, fours0 = L.Zero, eights0 = L.Zero, sixteens0 = L.Zero, counts0 = L.Zero;
            V ones1 = L.Zero, twos1 = L.Zero, fours1 = L.Zero, eights1 = L.Zero, sixteens1 = L.Zero, counts1 = L.Zero;
            for (nint* pass = arguments->Passes; pass < end; pass += 2)
            {
                byte* p0 = a0 + pass[0], p1 = a1 + pass[0];
                nint* offsets = arguments->Offsets;
                nint n = arguments->Units;
                for (; n >= Joined; n -= Joined)
                {
                    // The pixels alternate: each one's additions wait for one another.
                    nint at = offsets[0];
                    V e0 = Eight(weights, p0 + at, 0, ref ones0, ref twos0, ref fours0), e1 = L.Zero;
                    if (L.Pixels > 1)
                    {
                        e1 = Eight(weights, p1 + at, 0, ref ones1, ref twos1, ref fours1);
                    }

                    at = offsets[1];
                    V s0 = CarrySave.Add<L, V>(ref eights0, e0, Eight(weights, p0 + at, 8, ref ones0, ref twos0, ref fours0)), s1 = L.Zero;
                    if (L.Pixels > 1)
                    {
                        s1 = CarrySave.Add<L, V>(ref eights1, e1, Eight(weights, p1 + at, 8, ref ones1, ref twos1, ref fours1));
                    }

                    at = offsets[2];
                    e0 = Eight(weights, p0 + at, 16, ref ones0, ref twos0, ref fours0);
                    if (L.Pixels > 1)
                    {
                        e1 = Eight(weights, p1 + at, 16, ref ones1, ref twos1, ref fours1);
                    }

                    at = offsets[3];
                    e0 = CarrySave.Add<L, V>(ref eights0, e0, Eight(weights, p0 + at, 24, ref ones0, ref twos0, ref fours0));
                    counts0 = L.AddBytes(counts0, L.CountBits(CarrySave.Add<L, V>(ref sixteens0, s0, e0), 0));
                    if (L.Pixels > 1)
                    {
                        e1 = CarrySave.Add<L, V>(ref eights1, e1, Eight(weights, p1 + at, 24, ref ones1, ref twos1, ref fours1));
                        counts1 = L.AddBytes(counts1, L.CountBits(CarrySave.Add<L, V>(ref sixteens1, s1, e1), 0));
                    }

                    weights += Joined * BitplaneLayout.UnitSteps * L.Bytes;
                    offsets += Joined;
                }

                for (; n > 0; n--)
                {
                    nint at = *offsets++;
                    V e = CarrySave.Add<L, V>(ref eights0, Eight(weights, p0 + at, 0, ref ones0, ref twos0, ref fours0));
                    counts0 = L.AddBytes(counts0, L.CountBits(CarrySave.Add<L, V>(ref sixteens0, e), 0));
                    if (L.Pixels > 1)
                    {
                        e = CarrySave.Add<L, V>(ref eights1, Eight(weights, p1 + at, 0, ref ones1, ref twos1, ref fours1));
                        counts1 = L.AddBytes(counts1, L.CountBits(CarrySave.Add<L, V>(ref sixteens1, e), 0));
                    }

                    weights += BitplaneLayout.UnitSteps * L.Bytes;
                }

                if (pass[1] != 0)
                {
                    Double(ref counts0, ref sixteens0, ref eights0, ref fours0, ref twos0, ref ones0);
                    if (L.Pixels > 1)
                    {
                        Double(ref counts1, ref sixteens1, ref eights1, ref fours1, ref twos1, ref ones1);
                    }
                }
            }

            BitplaneCounters.Store<L, V>(counters, ones0, twos0, fours0, eights0, sixteens0, counts0);
            counters += BitplaneCounters.Vectors * L.Bytes;
            if (L.Pixels > 1)
            {
                BitplaneCounters.Store<L, V>(counters, ones1, twos1, fours1, eights1, sixteens1, counts1);
                counters += BitplaneCounters.Vectors * L.Bytes;
            }
        }
    }

    // Adds a unit, whose weights begin at a constant step; returns the carry of fours.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Eight(byte* w, byte* a, int step, ref V ones, ref V twos, ref V fours)
    {
        V c = Two(w, a, step, 0, ref ones);
        V d = Two(w, a, step, 2, ref ones);
        V e = CarrySave.Add<L, V>(ref twos, c, d);
        c = Two(w, a, step, 4, ref ones);
        d = Two(w, a, step, 6, ref ones);
        return CarrySave.Add<L, V>(ref fours, e, CarrySave.Add<L, V>(ref twos, c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Two(byte* w, byte* a, int step, int i, ref V ones)
    {
        V first = P.Add<L, V>(L.Broadcast4(a + (i * BitplaneLayout.StepBytes)), L.Load(w + ((step + i) * L.Bytes)), ones);
        V second = P.Add<L, V>(L.Broadcast4(a + ((i + 1) * BitplaneLayout.StepBytes)), L.Load(w + ((step + i + 1) * L.Bytes)), first);
        V carry = L.CarryOfProducts(first, second, ones);
        ones = second;
        return carry;
    }

    // What was counted so far belongs to a significance twice as high.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Double(ref V counts, ref V sixteens, ref V eights, ref V fours, ref V twos, ref V ones)
    {
        counts = L.AddBytes(L.AddBytes(counts, counts), L.CountBits(sixteens, 0));
        sixteens = eights;
        eights = fours;
        fours = twos;
        twos = ones;
        ones = L.Zero;
    }
}
