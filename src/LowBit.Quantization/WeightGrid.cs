namespace LowBit.Quantization;

/// <summary>Which codes weights may take.</summary>
public enum WeightGrid
{
    /// <summary>±(2^(b−1) − 1) with zero; ±1 for 1 bit. The default.</summary>
    Narrow,

    /// <summary>−2^(b−1) to 2^(b−1) − 1; ±1 for 1 bit.</summary>
    Full,

    /// <summary>2^b odd codes without zero, at most 7 bits; stored with one bit more, or as a sign for 1 bit.</summary>
    Odd,
}
