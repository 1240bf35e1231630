using System.Runtime.CompilerServices;

namespace LowBit.Kernels.Rng;

/// <summary>
/// Philox4x32-10, a counter-based generator (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): the number at
/// a position is a pure function of key and position, so positions can be skipped and shared among threads freely.
/// </summary>
/// <remarks>
/// The 64-bit seed is Philox's key, the counter is <c>[position/4 (64 bits), stream (64 bits)]</c>; word i of a block has position
/// 4·block + i.
/// </remarks>
public static class Philox
{
    private const uint M0 = 0xD2511F53;
    private const uint M1 = 0xCD9E8D57;
    private const uint W0 = 0x9E3779B9;
    private const uint W1 = 0xBB67AE85;

    /// <summary>The ten rounds.</summary>
    /// <param name="c0">Counter word 0.</param>
    /// <param name="c1">Counter word 1.</param>
    /// <param name="c2">Counter word 2.</param>
    /// <param name="c3">Counter word 3.</param>
    /// <param name="k0">Key word 0.</param>
    /// <param name="k1">Key word 1.</param>
    /// <returns>Four random words. All zeros in gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint A, uint B, uint C, uint D) Rounds(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong left = (ulong)M0 * c0;
            ulong right = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(right >> 32) ^ c1 ^ k0, (uint)right, (uint)(left >> 32) ^ c3 ^ k1, (uint)left);
            k0 += W0;
            k1 += W1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Block <paramref name="index"/> of a stream: positions 4·index … 4·index + 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint A, uint B, uint C, uint D) Block(PhiloxKey key, ulong index)
        => Rounds((uint)index, (uint)(index >> 32), (uint)key.Stream, (uint)(key.Stream >> 32), (uint)key.Seed, (uint)(key.Seed >> 32));

    /// <summary>The random word at one position.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="position">From 0.</param>
    public static uint At(PhiloxKey key, ulong position)
    {
        (uint a, uint b, uint c, uint d) = Block(key, position / 4);
        return (position & 3) switch { 0 => a, 1 => b, 2 => c, _ => d };
    }

    /// <summary>An integer in [0, <paramref name="bound"/>) from one word, by multiplication; the bias is below bound / 2^32.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="position">From 0.</param>
    /// <param name="bound">1 or more.</param>
    public static int Below(PhiloxKey key, ulong position, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(((ulong)At(key, position) * (uint)bound) >> 32);
    }

    /// <summary>Writes the words from <paramref name="position"/> on.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="position">From 0; any number, so a stream can be continued anywhere.</param>
    /// <param name="destination">Receives the words.</param>
    public static void Fill(PhiloxKey key, ulong position, Span<uint> destination)
    {
        int i = 0;
        while (i < destination.Length && ((position + (ulong)i) & 3) != 0)
        {
            destination[i] = At(key, position + (ulong)i);
            i++;
        }

        for (; i + 4 <= destination.Length; i += 4)
        {
            (destination[i], destination[i + 1], destination[i + 2], destination[i + 3]) = Block(key, (position + (ulong)i) / 4);
        }

        for (; i < destination.Length; i++)
        {
            destination[i] = At(key, position + (ulong)i);
        }
    }

    /// <summary>Uniform numbers: <c>low + (word >> 8)·2^-24·(high − low)</c>, kept below <paramref name="high"/>.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="position">Position of the first number.</param>
    /// <param name="low">The lower end, included.</param>
    /// <param name="high">The upper end, excluded; above <paramref name="low"/>.</param>
    /// <param name="destination">Receives the numbers.</param>
    public static void FillUniform(PhiloxKey key, ulong position, float low, float high, Span<float> destination)
    {
        float range = high - low;
        float largest = MathF.BitDecrement(high);
        Span<uint> words = stackalloc uint[256];
        for (int i = 0; i < destination.Length; i += words.Length)
        {
            Span<uint> part = words[..Math.Min(words.Length, destination.Length - i)];
            Fill(key, position + (ulong)i, part);
            for (int j = 0; j < part.Length; j++)
            {
                destination[i + j] = MathF.Min(MathF.FusedMultiplyAdd((part[j] >> 8) * (1f / (1 << 24)), range, low), largest);
            }
        }
    }

    /// <summary>
    /// Normal numbers by Box and Muller 1958: positions 2k and 2k + 1 come from words 2k and 2k + 1. Computed in double from exact
    /// operations only, so every machine gives the same bits.
    /// </summary>
    /// <param name="key">The stream.</param>
    /// <param name="position">Position of the first number.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="standardDeviation">The standard deviation, 0 or more.</param>
    /// <param name="destination">Receives the numbers.</param>
    public static void FillNormal(PhiloxKey key, ulong position, float mean, float standardDeviation, Span<float> destination)
    {
        Span<float> block = stackalloc float[4];
        for (int i = 0; i < destination.Length;)
        {
            ulong at = position + (ulong)i;
            (uint a, uint b, uint c, uint d) = Block(key, at / 4);
            (double first, double second) = NormalPair.From(a, b);
            (double third, double fourth) = NormalPair.From(c, d);
            block[0] = (float)(mean + (standardDeviation * first));
            block[1] = (float)(mean + (standardDeviation * second));
            block[2] = (float)(mean + (standardDeviation * third));
            block[3] = (float)(mean + (standardDeviation * fourth));
            int skip = (int)(at & 3);
            int count = Math.Min(4 - skip, destination.Length - i);
            block.Slice(skip, count).CopyTo(destination[i..]);
            i += count;
        }
    }
}
