using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Simulation;
using LowBit.Nn.Tests.Lowering;
using LowBit.Quantization;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Nn.Tests.Models;

/// <summary>Models whose bits can be chosen: where the widths are, and that a model of the chosen bits alone computes the same.</summary>
public class SpecializationTests
{
    private static readonly QuantizationPolicy s_policy = new() { WeightBits = 3, ActivationBits = 3, Widths = [2, 3, 5, 8] };

    public static TheoryData<string, string, ClippingForm> Cases
    {
        get
        {
            var data = new TheoryData<string, string, ClippingForm>();
            foreach (string kind in PreparedModels.Kinds)
            {
                data.Add(kind, "lsq", ClippingForm.Table);

                // The search for the first levels of weightnorm takes seconds for the many channels of MobileNetV2.
                data.Add(kind, kind == "mobilenetv2" ? "lsq" : "weightnorm", ClippingForm.Function);
            }

            data.Add("resnet20b", "lsq", ClippingForm.Function);
            data.Add("resnet20b", "weightnorm", ClippingForm.Table);
            data.Add("lenet5", "lsq", ClippingForm.Shared);
            return data;
        }
    }

    public static TheoryData<string> Kinds => [.. PreparedModels.Kinds];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plain_model_computes_what_the_switchable_one_computes_at_every_width(string kind, string method, ClippingForm clipping)
    {
        QuantizationPolicy policy = s_policy with { Method = method, Clipping = clipping };
        using PreparedModels switchable = PreparedModels.Create(kind, policy);
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayers.Of(switchable.Model);
        byte[] images = switchable.Images(4, 9);
        var seen = new HashSet<string>();

        // All at one width, then each layer and each edge at its own.
        for (int choice = 0; choice <= policy.Widths.Count; choice++)
        {
            for (int i = 0; i < layers.Count; i++)
            {
                if (layers[i].IsSwitchable)
                {
                    layers[i].Weights.SelectBits(policy.Widths[choice < policy.Widths.Count ? choice : i % policy.Widths.Count]);
                }

                if (layers[i].Input is { Widths.Count: > 1 } input)
                {
                    input.SelectBits(policy.Widths[choice < policy.Widths.Count ? choice : 3 * i % policy.Widths.Count]);
                }
            }

            LayerBits[] bits = [.. layers.Select(layer => new LayerBits(layer.Path, layer.Weights.Bits, layer.Input?.Bits))];
            using PreparedModels plain = PreparedModels.Create(kind, policy with { Widths = [], Clipping = ClippingForm.Table, Layers = bits }, seed: 2);
            Specialization.Copy(switchable.Model, plain.Model);
            float[] logits = switchable.FloatLogits(images);
            Assert.Equal(logits, plain.FloatLogits(images));
            Assert.True(seen.Add(string.Join(' ', logits)), "the bits make no difference");
        }

        // The integers of the last choice, from either model.
        using PreparedModels copy = PreparedModels.Create(
            kind, policy with { Widths = [], Clipping = ClippingForm.Table, Layers = [.. layers.Select(layer => new LayerBits(layer.Path, layer.Weights.Bits, layer.Input?.Bits))] }, seed: 3);
        Specialization.Copy(switchable.Model, copy.Model);
        LoweringResult own = switchable.Lower(), plainly = copy.Lower();
        Assert.Equal(Runtime.Files.LbqWriter.ToBytes(plainly.Model), Runtime.Files.LbqWriter.ToBytes(own.Model));
        using var verifier = new Verifier(own, new SessionOptions { Threads = 2, Batch = 4 });
        verifier.Compare(images);
        Assert.All(verifier.Report().Nodes, node => Assert.True(node.Mismatches == 0 && node.Compared > 0, node.ToString()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Widths_are_those_of_inner_layers_and_of_what_they_read(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, s_policy);
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayers.Of(prepared.Model);
        Assert.Equal(layers.Select((_, i) => i > 0 && i < layers.Count - 1), layers.Select(layer => layer.IsSwitchable));
        Assert.Equal(layers.Select((_, i) => i > 0 && i < layers.Count - 1), layers.Select(layer => layer.Input is { Widths.Count: 4 }));
        HashSet<Quantizer> inner = [.. layers.Where(layer => layer.IsSwitchable).SelectMany(layer => new Quantizer[] { layer.Weights, layer.Input! })];
        Assert.All(prepared.Model.Quantizers(), q => Assert.Equal(inner.Contains(q.Quantizer) ? 4 : 1, q.Quantizer.Widths.Count));
        Assert.All(inner, q => Assert.Equal(3, q.Bits));
    }

    [Fact]
    public void The_structure_does_not_depend_on_the_bits()
    {
        using PreparedModels named = PreparedModels.Create("resnet20a", QuantizationPolicy.Uniform(4, 4) with { Layers = [new LayerBits("layer1.0.conv1", 4)] });
        using PreparedModels wide = PreparedModels.Create("resnet20a", s_policy with { ActivationBits = 8, Layers = [new LayerBits("layer1.0.conv1", 5, 2)] });
        Assert.Equal(named.Model.Quantizers().Select(q => q.Path), wide.Model.Quantizers().Select(q => q.Path));
        QuantizedLayer layer = QuantizedLayers.Of(wide.Model)[1];
        Assert.Equal((5, 2, 4, 4), (layer.Weights.Bits, layer.Input!.Bits, layer.Weights.Widths.Count, layer.Input.Widths.Count));
    }

    [Fact]
    public void Models_that_do_not_fit_are_refused()
    {
        using PreparedModels switchable = PreparedModels.Create("lenet5", s_policy);
        AssertRefused("'quant1.quantizer' is lsq 2 bit", PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 2)));
        AssertRefused("'conv1.weight_quantizer' is weightnorm 8 bit", PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 3) with { Method = "weightnorm" }));
        AssertRefused("is lsq 3 bit", PreparedModels.Create("lenet5", s_policy));
        AssertRefused("is lsq", PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 3) with { Grid = WeightGrid.Full }));
        AssertRefused("'conv1.weight_quantizer.step' has 1 values in the plain model and 4", PreparedModels.Create("lenet5", QuantizationPolicy.Uniform(3, 3) with { PerChannel = false }));
        AssertRefused("'conv3.weight_quantizer' is lsq 3 bit", PreparedModels.Create("vgg7", QuantizationPolicy.Uniform(3, 3)));
        AssertRefused("no quantizer 'conv1.weight_quantizer'", PreparedModels.Create("lenet5", null));

        void AssertRefused(string part, PreparedModels prepared)
        {
            using PreparedModels plain = prepared;
            IReadOnlyDictionary<string, Nn.Checkpoints.CheckpointTensor> before = Nn.Checkpoints.Checkpoint.Capture(plain.Model);
            Assert.Contains(part, Assert.Throws<ArgumentException>(() => Specialization.Copy(switchable.Model, plain.Model)).Message, StringComparison.Ordinal);
            foreach ((string name, Nn.Checkpoints.CheckpointTensor tensor) in Nn.Checkpoints.Checkpoint.Capture(plain.Model))
            {
                Assert.Equal(before[name].Data, tensor.Data);
            }
        }
    }

    [Fact]
    public void Wrong_widths_are_named()
    {
        Refused("widths is 3; name two or more", s_policy with { Widths = [3] });
        Refused("widths is 3, 2; name two or more numbers of bits in ascending order", s_policy with { Widths = [3, 2] });
        Refused("widths[1] is 9; a code has 1 to 8 bits", s_policy with { Widths = [3, 9] });
        Refused("weightBits is 3, which is not among quantization.widths 2, 4", s_policy with { Widths = [2, 4] });
        Refused("activationBits is 5, which is not among", s_policy with { Widths = [2, 3], ActivationBits = 5 });
        Refused("layers ('conv2').weightBits is 4, which is not among quantization.widths 2, 3, 5, 8", s_policy with { Layers = [new LayerBits("conv2", 4)] });
        Refused("layers ('conv2').activationBits is 4", s_policy with { Layers = [new LayerBits("conv2", 2, 4)] });
        Refused("clipping is Shared, but quantization.widths names no widths", s_policy with { Widths = [], Clipping = ClippingForm.Shared });
        Refused("widths or its method does not fit: pact has one width", s_policy with { Method = "pact" });
        Refused("widths or its method does not fit: weightnorm weights have 2 to 8 bits", s_policy with { Method = "weightnorm", Widths = [1, 3] });
        Refused("quantization.detachStatistics belongs to weightnorm", s_policy with { DetachStatistics = false });
        ArgumentException error = Assert.Throws<ArgumentException>(() => PreparedModels.Create("mobilenetv2", s_policy with { Widths = [1, 3] }));
        Assert.Contains("widths begins with 1, but the edge that features.2.conv.0.0 reads is signed", error.Message, StringComparison.Ordinal);

        // The ends keep one width and may have any bits.
        using PreparedModels ends = PreparedModels.Create("lenet5", s_policy with { Layers = [new LayerBits("conv1", 4), new LayerBits("fc2", 6, 7)] });
        Assert.Equal((4, 6, 7), (QuantizedLayers.Of(ends.Model)[0].Weights.Bits, QuantizedLayers.Of(ends.Model)[3].Weights.Bits, QuantizedLayers.Of(ends.Model)[3].Input!.Bits));
        Assert.EndsWith("residual: 8, widths: 2 3 5 8 (Table)", s_policy.ToString(), StringComparison.Ordinal);

        static void Refused(string part, QuantizationPolicy policy)
            => Assert.Contains(part, Assert.Throws<ArgumentException>(() => PreparedModels.Create("lenet5", policy)).Message, StringComparison.Ordinal);
    }
}
