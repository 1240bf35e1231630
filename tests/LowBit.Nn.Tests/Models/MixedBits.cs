using LowBit.Nn.Models;
using LowBit.Nn.Tests.Lowering;
using LowBit.Quantization;

namespace LowBit.Nn.Tests.Models;

/// <summary>Bits of their own for every layer of the models of <see cref="PreparedModels"/>.</summary>
internal static class MixedBits
{
    /// <summary>Weights of 1 to 8 bits and edges of 2 to 8 in no order; of the layers that read one edge, the first one decides.</summary>
    public static LayerBits[] Of(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 4) with { ResidualBits = 7 });
        return Of(prepared.Model);
    }

    public static LayerBits[] Of(Module model)
    {
        var seen = new HashSet<ActivationQuantizer>();
        return [.. QuantizedLayers.Of(model).Select((layer, i) => new LayerBits(
            layer.Path, 1 + (3 * i % 8), layer.Input is { } input && seen.Add(input) ? 2 + (5 * i % 7) : null))];
    }
}
