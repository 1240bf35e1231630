using LowBit.Nn.Models;
using LowBit.Quantization;

namespace LowBit.Nn.Recipes;

/// <summary>The <c>quantization</c> part of a recipe; the keys are those of <see cref="QuantizationPolicy"/>.</summary>
public sealed record QuantizationSection
{
    /// <inheritdoc cref="QuantizationPolicy.Method"/>
    public string Method { get; set; } = "lsq";

    /// <inheritdoc cref="QuantizationPolicy.WeightBits"/>
    public int WeightBits { get; set; } = 4;

    /// <inheritdoc cref="QuantizationPolicy.ActivationBits"/>
    public int ActivationBits { get; set; } = 4;

    /// <inheritdoc cref="QuantizationPolicy.FirstLayerWeightBits"/>
    public int FirstLayerWeightBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.LastLayerWeightBits"/>
    public int LastLayerWeightBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.LastLayerActivationBits"/>
    public int LastLayerActivationBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.ResidualBits"/>
    public int ResidualBits { get; set; } = 8;

    /// <inheritdoc cref="QuantizationPolicy.PerChannel"/>
    public bool PerChannel { get; set; } = true;

    /// <inheritdoc cref="QuantizationPolicy.Grid"/>
    public WeightGrid Grid { get; set; } = WeightGrid.Narrow;

    /// <summary>The policy that models are built from.</summary>
    public QuantizationPolicy ToPolicy() => new()
    {
        Method = Method,
        WeightBits = WeightBits,
        ActivationBits = ActivationBits,
        FirstLayerWeightBits = FirstLayerWeightBits,
        LastLayerWeightBits = LastLayerWeightBits,
        LastLayerActivationBits = LastLayerActivationBits,
        ResidualBits = ResidualBits,
        PerChannel = PerChannel,
        Grid = Grid,
    };
}
