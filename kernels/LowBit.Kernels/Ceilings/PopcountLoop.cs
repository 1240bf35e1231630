using System.Runtime.CompilerServices;
using LowBit.Kernels.IntegerKernels.Bitplane;

namespace LowBit.Kernels.Ceilings;

/// <summary>AND and the count of bits by carry-save adders, of which every thirty-second vector is counted by nibble look-ups: the fastest way without a counting instruction.</summary>
internal readonly unsafe struct PopcountLoop<L, V> : ICeilingLoop
    where L : struct, IBitLanes<V>
    where V : struct
{
    private const int Chains = 2;
    private const int Products = 32;

    public static double Operations(nint turns, nint bytes) => 8.0 * Chains * Products * L.Bytes * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        V w = L.Load(memory + 2048), v = L.Load(memory + 2112);
        V ones0 = L.Zero, twos0 = L.Zero, fours0 = L.Zero, eights0 = L.Zero, sixteens0 = L.Zero, counts0 = L.Zero;
        V ones1 = L.Zero, twos1 = L.Zero, fours1 = L.Zero, eights1 = L.Zero, sixteens1 = L.Zero, counts1 = L.Zero;
        for (nint i = 0; i < turns; i++)
        {
            // Fresh operands each turn: with old ones the products would be moved out of the loop.
            byte* x = memory + ((i & 7) * 64);
            V e0 = CarrySave.Eight<L, V>(x, w, ref ones0, ref twos0, ref fours0), e1 = CarrySave.Eight<L, V>(x, v, ref ones1, ref twos1, ref fours1);
            V s0 = CarrySave.Add<L, V>(ref eights0, e0, CarrySave.Eight<L, V>(x + 512, w, ref ones0, ref twos0, ref fours0));
            V s1 = CarrySave.Add<L, V>(ref eights1, e1, CarrySave.Eight<L, V>(x + 512, v, ref ones1, ref twos1, ref fours1));
            e0 = CarrySave.Eight<L, V>(x + 1024, w, ref ones0, ref twos0, ref fours0);
            e1 = CarrySave.Eight<L, V>(x + 1024, v, ref ones1, ref twos1, ref fours1);
            e0 = CarrySave.Add<L, V>(ref eights0, e0, CarrySave.Eight<L, V>(x + 1536, w, ref ones0, ref twos0, ref fours0));
            e1 = CarrySave.Add<L, V>(ref eights1, e1, CarrySave.Eight<L, V>(x + 1536, v, ref ones1, ref twos1, ref fours1));
            counts0 = L.AddBytes(counts0, L.CountBits(CarrySave.Add<L, V>(ref sixteens0, s0, e0), 0));
            counts1 = L.AddBytes(counts1, L.CountBits(CarrySave.Add<L, V>(ref sixteens1, s1, e1), 0));
        }

        L.Store(L.AddBytes(counts0, counts1), memory);
        L.Store(CarrySave.Join<L, V>(ones0, twos0, fours0, eights0, sixteens0), memory + 64);
        L.Store(CarrySave.Join<L, V>(ones1, twos1, fours1, eights1, sixteens1), memory + 128);
    }
}
