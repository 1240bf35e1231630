using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Ceilings;

/// <summary>Products of bytes whose sums stay in int16.</summary>
internal readonly unsafe struct NarrowProductLoop<B, V> : ICeilingLoop
    where B : struct, IByteLanes<V>
    where V : struct
{
    private const int Chains = 6;

    public static double Operations(nint turns, nint bytes) => 2.0 * Chains * B.Bytes * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        V s0 = B.Load(memory + 64), s1 = B.Load(memory + 128), s2 = B.Load(memory + 192), s3 = B.Load(memory + 256), s4 = B.Load(memory + 320), s5 = B.Load(memory + 384);
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        for (nint i = 0; i < turns; i++)
        {
            // A fresh operand each turn: with an old one the products would be moved out of the loop.
            V x = B.Load(memory + ((i & 31) * 64));
            c0 = B.AddWords(c0, B.PairSums(x, s0));
            c1 = B.AddWords(c1, B.PairSums(x, s1));
            c2 = B.AddWords(c2, B.PairSums(x, s2));
            c3 = B.AddWords(c3, B.PairSums(x, s3));
            c4 = B.AddWords(c4, B.PairSums(x, s4));
            c5 = B.AddWords(c5, B.PairSums(x, s5));
        }

        c0 = B.AddBytes(c0, c1);
        c0 = B.AddBytes(c0, c2);
        c0 = B.AddBytes(c0, c3);
        c0 = B.AddBytes(c0, c4);
        c0 = B.AddBytes(c0, c5);
        B.Store(memory, c0);
    }
}
