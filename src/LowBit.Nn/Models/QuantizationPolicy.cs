using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>
/// Which part of a model gets how many bits, and by which method. First and last layers are settings of their own because
/// papers treat them differently; <see cref="ToString"/> shows all of them and every report prints it.
/// </summary>
public sealed record QuantizationPolicy
{
    /// <summary>Name of the quantizers: <c>lsq</c>, <c>pact</c>, <c>dorefa</c> or <c>uniform</c>.</summary>
    public string Method { get; init; } = "lsq";

    /// <summary>Bits of the weights between the first and the last layer, 1 to 8.</summary>
    public int WeightBits { get; init; } = 4;

    /// <summary>Bits of the activations between the layers, 1 to 8.</summary>
    public int ActivationBits { get; init; } = 4;

    /// <summary>Bits of the first layer's weights, 1 to 8. Its input, the image, always has 8 bits.</summary>
    public int FirstLayerWeightBits { get; init; } = 8;

    /// <summary>Bits of the last layer's weights, 1 to 8.</summary>
    public int LastLayerWeightBits { get; init; } = 8;

    /// <summary>Bits of the last layer's input, 1 to 8.</summary>
    public int LastLayerActivationBits { get; init; } = 8;

    /// <summary>Bits of the residual stream, 1 to 8. Where they differ from <see cref="ActivationBits"/>, a block's input has two views.</summary>
    public int ResidualBits { get; init; } = 8;

    /// <summary>True for one weight step per output channel, false for one per layer.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>Which codes weights take: symmetric around zero, or one more code on the negative side.</summary>
    public WeightGrid Grid { get; init; } = WeightGrid.Narrow;

    /// <summary>The same bits everywhere between first and last layer, which keep 8. Example: <c>Uniform(4, 4)</c>.</summary>
    /// <param name="weightBits">1 to 8.</param>
    /// <param name="activationBits">1 to 8.</param>
    public static QuantizationPolicy Uniform(int weightBits, int activationBits)
        => new() { WeightBits = weightBits, ActivationBits = activationBits };

    /// <summary>Throws unless every number of bits is 1 to 8.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public void Validate()
    {
        ReadOnlySpan<(string Name, int Bits)> settings =
        [
            ("weightBits", WeightBits), ("activationBits", ActivationBits), ("firstLayerWeightBits", FirstLayerWeightBits),
            ("lastLayerWeightBits", LastLayerWeightBits), ("lastLayerActivationBits", LastLayerActivationBits), ("residualBits", ResidualBits),
        ];
        foreach ((string name, int bits) in settings)
        {
            if (bits is < BitWidth.Smallest or > BitWidth.Largest)
            {
                throw new ArgumentException(
                    $"quantization.{name} is {bits}; a code has {BitWidth.Smallest} to {BitWidth.Largest} bits, leave 'quantization' out for a float model");
            }
        }
    }

    /// <summary>All settings on one line, for example <c>lsq w4a4 per channel (Narrow grid), first/last: 8/8, last input: 8, residual: 8</c>.</summary>
    public override string ToString()
        => $"{Method} w{WeightBits}a{ActivationBits} {(PerChannel ? "per channel" : "per layer")} ({Grid} grid), first/last: {FirstLayerWeightBits}/{LastLayerWeightBits}, "
            + $"last input: {LastLayerActivationBits}, residual: {ResidualBits}";

    /// <summary>Bits of all parts on one line, for example <c>w4a4, first layer w8a8, last layer w8a8, residual 8</c>.</summary>
    public string Bits() => $"w{WeightBits}a{ActivationBits}, {Ends()}";

    /// <summary>Bits of the parts that papers treat specially, for example <c>first layer w8a8, last layer w8a8, residual 8</c>; the image always has 8.</summary>
    public string Ends()
        => $"first layer w{FirstLayerWeightBits}a8, last layer w{LastLayerWeightBits}a{LastLayerActivationBits}, residual {ResidualBits}";

    internal QuantizerOptions Weights(LayerPlace place)
    {
        int bits = place switch
        {
            LayerPlace.First => FirstLayerWeightBits,
            LayerPlace.Last => LastLayerWeightBits,
            _ => WeightBits,
        };
        return new QuantizerOptions { Method = Method, Bits = bits, PerChannel = PerChannel, Signed = true, Grid = Grid };
    }

    internal QuantizerOptions Activations(int bits) => new() { Method = Method, Bits = bits };

    // PACT and DoReFa clip at zero and have no signed form; LSQ serves the edges that need one.
    internal QuantizerOptions SignedActivations(int bits) => new() { Method = Method == "uniform" ? Method : "lsq", Bits = bits, Signed = true };
}
