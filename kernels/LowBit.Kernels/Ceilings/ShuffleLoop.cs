using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Ceilings;

/// <summary>Look-ups in tables of 16 bytes, added up in bytes.</summary>
internal readonly unsafe struct ShuffleLoop<B, V> : ICeilingLoop
    where B : struct, IByteLanes<V>
    where V : struct
{
    private const int Chains = 6;

    public static double Operations(nint turns, nint bytes) => 1.0 * Chains * B.Bytes * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        V s0 = B.Load(memory + 64), s1 = B.Load(memory + 128), s2 = B.Load(memory + 192), s3 = B.Load(memory + 256), s4 = B.Load(memory + 320), s5 = B.Load(memory + 384);
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        for (nint i = 0; i < turns; i++)
        {
            // A fresh operand each turn: with an old one the products would be moved out of the loop.
            V x = B.Load(memory + ((i & 31) * 64));
            c0 = B.AddBytes(c0, B.Shuffle(s0, x));
            c1 = B.AddBytes(c1, B.Shuffle(s1, x));
            c2 = B.AddBytes(c2, B.Shuffle(s2, x));
            c3 = B.AddBytes(c3, B.Shuffle(s3, x));
            c4 = B.AddBytes(c4, B.Shuffle(s4, x));
            c5 = B.AddBytes(c5, B.Shuffle(s5, x));
        }

        c0 = B.AddBytes(c0, c1);
        c0 = B.AddBytes(c0, c2);
        c0 = B.AddBytes(c0, c3);
        c0 = B.AddBytes(c0, c4);
        c0 = B.AddBytes(c0, c5);
        B.Store(memory, c0);
    }
}
