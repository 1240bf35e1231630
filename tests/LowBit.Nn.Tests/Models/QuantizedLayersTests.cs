using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Tests.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Nn.Tests.Models;

public class QuantizedLayersTests
{
    public static TheoryData<string> Kinds => [.. PreparedModels.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_layer_is_there_in_the_order_of_running_with_the_edge_it_reads(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, QuantizationPolicy.Uniform(4, 3));
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayers.Of(prepared.Model);
        Assert.Equal(
            prepared.Model.Modules().Where(m => m.Module is Conv2d or Linear).Select(m => m.Path).Order(StringComparer.Ordinal),
            layers.Select(l => l.Path).Order(StringComparer.Ordinal));
        Assert.Equal(ModelStructure.Of(prepared.Model).Sites.Select(s => s.Path), layers.Select(l => l.Path));
        Assert.All(layers, l => Assert.Same(l.Layer, prepared.Model.Modules().Single(m => m.Path == l.Path).Module));
        Assert.All(layers, l => Assert.Equal($"{l.Path}.weight_quantizer", l.Weights.Name));
        Assert.Equal(layers.Skip(1).Select(_ => true).Prepend(false), layers.Select(l => l.Input is not null));

        // What each layer reads is on the grid of its edge, and on no other's.
        var order = new List<string>();
        foreach (QuantizedLayer layer in layers)
        {
            layer.Layer.Probe = (x, _) =>
            {
                order.Add(layer.Path);
                if (layer.Input is { } input)
                {
                    Assert.Equal(x.ToArray(), input.Apply(x).ToArray());
                    Assert.True(x.ToArray().Distinct().Count() <= 1 << input.Bits, layer.Path);
                }
            };
        }

        _ = prepared.FloatLogits(prepared.Images(2, 3));
        Assert.Equal(layers.Select(l => l.Path), order);
    }

    [Fact]
    public void Edges_have_the_names_that_their_places_say()
    {
        using PreparedModels resnet = PreparedModels.Create("resnet20b", QuantizationPolicy.Uniform(4, 3));
        Dictionary<string, string?> edges = QuantizedLayers.Of(resnet.Model).ToDictionary(l => l.Path, l => l.Input?.Name);
        Assert.Null(edges["conv1"]);
        Assert.Equal("layer2.0.quant_input.quantizer", edges["layer2.0.conv1"]);
        Assert.Equal("layer2.0.quant_input.quantizer", edges["layer2.0.downsample.0"]);
        Assert.Equal("layer2.0.quant_inner.quantizer", edges["layer2.0.conv2"]);
        Assert.Equal("quant_pool.quantizer", edges["linear"]);
        using PreparedModels mobile = PreparedModels.Create("mobilenetv2", QuantizationPolicy.Uniform(4, 3));
        edges = QuantizedLayers.Of(mobile.Model).ToDictionary(l => l.Path, l => l.Input?.Name);
        Assert.Equal("features.1.quant_input.quantizer", edges["features.1.conv.0.0"]);
        Assert.Equal("features.1.conv.quant0.quantizer", edges["features.1.conv.1"]);
        Assert.Equal("features.4.conv.quant1.quantizer", edges["features.4.conv.2"]);
        Assert.Equal("features.quant_head.quantizer", edges["features.18.0"]);
        using PreparedModels lenet = PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(4, 3));
        Assert.Equal([null, "quant1.quantizer", "quant2.quantizer", "quant3.quantizer"], QuantizedLayers.Of(lenet.Model).Select(l => l.Input?.Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_float_model_is_refused(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, null);
        Assert.Contains("has float weights", Assert.Throws<ArgumentException>(() => QuantizedLayers.Of(prepared.Model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_whose_edges_are_not_known_are_refused()
    {
        Device device = CpuDevice.Shared;
        using var behindAverage = new Sequential(
            new ActivationQuant(device, new QuantizerOptions()), new GlobalAveragePool(device), new Linear(device, 2, 2, true, new QuantizerOptions()));
        Assert.Contains("layer '2' reads values without a quantizer", Assert.Throws<ArgumentException>(() => QuantizedLayers.Of(behindAverage)).Message, StringComparison.Ordinal);
        using var odd = new Sequential(new Odd());
        Assert.Contains("Odd '0'", Assert.Throws<ArgumentException>(() => QuantizedLayers.Of(odd)).Message, StringComparison.Ordinal);
        using var empty = new Sequential(new Relu(device));
        Assert.Contains("no convolution", Assert.Throws<ArgumentException>(() => QuantizedLayers.Of(empty)).Message, StringComparison.Ordinal);
    }

    private sealed class Odd() : Module(CpuDevice.Shared)
    {
        public override Tensor Forward(Tensor x) => x;
    }
}
