using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Ceilings;

/// <summary>AND and the count of bits by two nibble look-ups, added up in bytes.</summary>
internal readonly unsafe struct PopcountLoop<B, V> : ICeilingLoop
    where B : struct, IByteLanes<V>
    where V : struct
{
    private const int Chains = 4;

    public static double Operations(nint turns, nint bytes) => 8.0 * Chains * B.Bytes * turns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(nint turns, byte* memory, nint bytes)
    {
        new Span<byte>(memory + 2048, 64).Fill(15);
        V low = B.Load(memory + 2048), counts = B.Load(memory + 2112);
        V s0 = B.Load(memory + 64), s1 = B.Load(memory + 128), s2 = B.Load(memory + 192), s3 = B.Load(memory + 256);
        V c0 = default, c1 = default, c2 = default, c3 = default;
        for (nint i = 0; i < turns; i++)
        {
            // A fresh operand each turn: with an old one the products would be moved out of the loop.
            V x = B.Load(memory + ((i & 31) * 64));
            c0 = B.AddBytes(c0, B.AddBytes(B.Shuffle(counts, B.And(B.And(x, s0), low)), B.Shuffle(counts, B.And(B.ShiftRight4(B.And(x, s0)), low))));
            c1 = B.AddBytes(c1, B.AddBytes(B.Shuffle(counts, B.And(B.And(x, s1), low)), B.Shuffle(counts, B.And(B.ShiftRight4(B.And(x, s1)), low))));
            c2 = B.AddBytes(c2, B.AddBytes(B.Shuffle(counts, B.And(B.And(x, s2), low)), B.Shuffle(counts, B.And(B.ShiftRight4(B.And(x, s2)), low))));
            c3 = B.AddBytes(c3, B.AddBytes(B.Shuffle(counts, B.And(B.And(x, s3), low)), B.Shuffle(counts, B.And(B.ShiftRight4(B.And(x, s3)), low))));
        }

        c0 = B.AddBytes(c0, c1);
        c0 = B.AddBytes(c0, c2);
        c0 = B.AddBytes(c0, c3);
        B.Store(memory, c0);
    }
}
