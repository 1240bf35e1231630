namespace LowBit.Data;

/// <summary>
/// Random numbers named by three counters (SplitMix64 over a mixed key): equal counters give equal numbers on every machine
/// and in any order of asking. Uses additions, multiplications and square roots only, which IEEE 754 fixes to the bit.
/// </summary>
internal struct CounterRandom
{
    private ulong _state;

    public CounterRandom(ulong seed, ulong stream, ulong index)
    {
        _state = Mix(seed + 0x9E3779B97F4A7C15UL);
        _state = Mix(_state ^ (stream * 0xD1B54A32D192ED03UL));
        _state = Mix(_state ^ (index * 0x8CB92BA72F3D8DD7UL));
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return Mix(_state);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextBetween(double low, double high) => low + ((high - low) * NextUnit());

    /// <summary>Uniform in 0..count-1 (multiply-shift; the bias is below 2^-32 for counts below 2^32).</summary>
    public int NextBelow(int count) => (int)(((NextBits() >> 32) * (ulong)count) >> 32);

    /// <summary>
    /// Bell-shaped, mean 0, variance 1, within ±4.9: the sum of eight 16-bit uniforms (Irwin-Hall). No logarithm, so no
    /// dependence on a mathematics library.
    /// </summary>
    public double NextBell()
    {
        ulong a = NextBits();
        ulong b = NextBits();
        ulong sum = 0;
        for (int shift = 0; shift < 64; shift += 16)
        {
            sum += ((a >> shift) & 0xFFFF) + ((b >> shift) & 0xFFFF);
        }

        return ((sum / 65536.0) - 4.0 + (4.0 / 65536.0)) * 1.224744871391589;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
