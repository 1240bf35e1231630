using LowBit.Search.State;

namespace LowBit.Search.Numerics;

/// <summary>
/// Philox4x32-10, a counter-based generator: block k of a seed is a pure function of (seed, k), so the whole state is the seed, the counter and
/// at most one stored normal number. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
public sealed class Philox
{
    private const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    private ulong _seed;
    private ulong _counter;
    private double _spare;
    private bool _hasSpare;

    /// <summary>A generator at the start of the sequence of <paramref name="seed"/>.</summary>
    public Philox(ulong seed) => _seed = seed;

    /// <summary>Ten rounds of Philox4x32 on one counter block of four words under a key of two words.</summary>
    public static (uint A, uint B, uint C, uint D) Block((uint A, uint B, uint C, uint D) counter, (uint A, uint B) key)
    {
        (uint a, uint b, uint c, uint d) = counter;
        (uint k0, uint k1) = key;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)M0 * a, p1 = (ulong)M1 * c;
            (a, b, c, d) = ((uint)(p1 >> 32) ^ b ^ k0, (uint)p1, (uint)(p0 >> 32) ^ d ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        return (a, b, c, d);
    }

    /// <summary>A number uniform over all 64-bit values.</summary>
    public ulong NextUInt64() => NextPair().First;

    /// <summary>A number uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextPair().First >> 11) * (1.0 / (1UL << 53));

    /// <summary>An integer uniform in 0 .. <paramref name="count"/> - 1.</summary>
    public int NextInt32(int count) => (int)(NextDouble() * count);

    /// <summary>A standard normal number (Box-Muller; two from each block, the second is kept for the next call).</summary>
    public double NextNormal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        (ulong first, ulong second) = NextPair();
        double u = ((first >> 11) + 1) * (1.0 / (1UL << 53)); // in (0, 1]: the logarithm is finite
        double angle = 2 * Math.PI * ((second >> 11) * (1.0 / (1UL << 53)));
        double radius = Math.Sqrt(-2 * Math.Log(u));
        (double sine, double cosine) = Math.SinCos(angle);
        _spare = radius * sine;
        _hasSpare = true;
        return radius * cosine;
    }

    /// <summary>Fills <paramref name="target"/> with standard normal numbers.</summary>
    public void FillNormal(Span<double> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = NextNormal();
        }
    }

    internal void Sync(StateArchive archive)
    {
        _seed = archive.Value(_seed);
        _counter = archive.Value(_counter);
        _spare = archive.Value(_spare);
        _hasSpare = archive.Value(_hasSpare);
    }

    private (ulong First, ulong Second) NextPair()
    {
        ulong k = _counter++;
        (uint a, uint b, uint c, uint d) = Block(((uint)k, (uint)(k >> 32), 0, 0), ((uint)_seed, (uint)(_seed >> 32)));
        return (a | ((ulong)b << 32), c | ((ulong)d << 32));
    }
}
