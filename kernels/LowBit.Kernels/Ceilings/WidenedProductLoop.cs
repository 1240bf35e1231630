using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Ceilings;

/// <summary>Products of bytes, summed into int32 at once.</summary>
internal readonly unsafe struct WidenedProductLoop<B, V> : ICeilingLoop
    where B : struct, IByteLanes<V>
    where V : struct
{
    private const int Chains = 6;

    public static double Operations(nint turns, nint bytes) => 2.0 * Chains * B.Bytes * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        new Span<short>(memory + 2048, 32).Fill(1);
        V ones = B.Load(memory + 2048);
        V s0 = B.Load(memory + 64), s1 = B.Load(memory + 128), s2 = B.Load(memory + 192), s3 = B.Load(memory + 256), s4 = B.Load(memory + 320), s5 = B.Load(memory + 384);
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        for (nint i = 0; i < turns; i++)
        {
            // A fresh operand each turn: with an old one the products would be moved out of the loop.
            V x = B.Load(memory + ((i & 31) * 64));
            c0 = B.WidenAdd(c0, B.PairSums(x, s0), ones);
            c1 = B.WidenAdd(c1, B.PairSums(x, s1), ones);
            c2 = B.WidenAdd(c2, B.PairSums(x, s2), ones);
            c3 = B.WidenAdd(c3, B.PairSums(x, s3), ones);
            c4 = B.WidenAdd(c4, B.PairSums(x, s4), ones);
            c5 = B.WidenAdd(c5, B.PairSums(x, s5), ones);
        }

        c0 = B.AddBytes(c0, c1);
        c0 = B.AddBytes(c0, c2);
        c0 = B.AddBytes(c0, c3);
        c0 = B.AddBytes(c0, c4);
        c0 = B.AddBytes(c0, c5);
        B.Store(memory, c0);
    }
}
