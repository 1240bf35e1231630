namespace LowBit.Quantization.Roundings;

/// <summary>The grids by width.</summary>
internal static class PowerSums
{
    /// <summary>Magnitudes of weights of 2 to 6 bits.</summary>
    public static ReadOnlySpan<float> Of(BitWidth width) => width.Bits switch
    {
        2 => [0, 1],
        3 => PowerSums3.Magnitudes,
        4 => PowerSums4.Magnitudes,
        5 => PowerSums5.Magnitudes,
        _ => PowerSums6.Magnitudes,
    };
}
