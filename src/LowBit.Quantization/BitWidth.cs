namespace LowBit.Quantization;

/// <summary>The width of a code, 1 to 8 bits: one axis of every quantizer.</summary>
public readonly record struct BitWidth
{
    /// <summary>The smallest width.</summary>
    public const int Smallest = 1;

    /// <summary>The largest width.</summary>
    public const int Largest = 8;

    private readonly byte _bits;

    /// <summary>Checks and wraps a number of bits.</summary>
    /// <param name="bits">1 to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is outside 1 to 8.</exception>
    public BitWidth(int bits)
    {
        if (bits is < Smallest or > Largest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bits), bits, $"a code has {Smallest} to {Largest} bits, got {bits}; leave the quantizer out for float values");
        }

        _bits = (byte)bits;
    }

    /// <summary>Bits per code, 1 to 8; 1 for <c>default</c>.</summary>
    public int Bits => Math.Max((int)_bits, Smallest);

    /// <summary>Different codes: <c>2^Bits</c>. Example: 16 for 4 bits.</summary>
    public int Codes => 1 << Bits;

    /// <inheritdoc cref="BitWidth(int)"/>
    public static implicit operator BitWidth(int bits) => new(bits);

    /// <inheritdoc/>
    public override string ToString() => $"{Bits} bit";
}
