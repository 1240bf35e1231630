using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Simulation;
using LowBit.Quantization;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using LowBit.Tensors;
using LowBit.Tensors.Ops;
using Xunit;

namespace LowBit.Nn.Tests.Lowering;

public class ModelLoweringTests
{
    private static readonly InputNormalization s_normalization = new([0.5f, 0.4f], [0.25f, 0.25f]);

    [Fact]
    public void The_report_says_what_became_of_each_layer_and_shows_the_special_bits()
    {
        using PreparedModels prepared = PreparedModels.Create("resnet20a", QuantizationPolicy.Uniform(2, 3));
        LoweringResult lowering = prepared.Lower();
        FoldReport report = lowering.Report;
        Assert.Equal("first layer w8a8, last layer w8a8, residual 8", report.Bits);
        Assert.Equal(report.Entries.Count(e => e.Layer == "batch norm"), prepared.Model.Modules().Count(m => m.Module is BatchNorm2d));
        Assert.All(report.Entries.Where(e => e.Layer is "batch norm" or "ReLU" or "addition" or "flatten"), e => Assert.True(e.IsFolded, $"{e}"));
        Assert.All(report.Entries.Where(e => e.Layer is "convolution" or "linear" or "average pool" or "option-A shortcut"), e => Assert.False(e.IsFolded, $"{e}"));
        FoldEntry norm = report.Entries.Single(e => e.Path == "layer2.0.bn1");
        Assert.Matches("^into multipliers and offsets of 'layer2.0.conv1', [0-9]+ negative factors flip their channels' codes, 1 factors are zero$", norm.Detail);
        Assert.Contains(Environment.NewLine + "layer1.0.conv1: convolution kept, w2a3, a step for each channel", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_writes_two_views_of_one_sum_and_adds_in_the_epilogue()
    {
        using PreparedModels prepared = PreparedModels.Create("resnet20a", QuantizationPolicy.Uniform(2, 3));
        IntegerModel model = prepared.Lower().Model;
        var conv = (ConvolutionNode)model.Nodes.Single(n => n.Name == "layer1.0.conv2");
        Assert.Equal("layer1.0.quant_residual", model.Edges[conv.Residual].Name);
        Assert.Equal(
            [("layer1.1.quant_input", 3), ("layer1.1.quant_residual", 8)], conv.Views.Select(v => (model.Edges[v.Edge].Name, model.Edges[v.Edge].Bits)));
        Assert.All(conv.Views, view => Assert.True(Enumerable.Range(0, view.Table.Channels).All(
            c => Math.Max(view.Table.Multiplier(c), view.Table.ResidualMultiplier(c)) >= 1 << 30), "the larger multiplier is normalised"));
        Assert.DoesNotContain(model.Nodes, n => n is RescaleNode);
        Assert.Equal("layer2.0.shortcut", model.Nodes.Single(n => n is ShortcutNode && n.Name.StartsWith("layer2", StringComparison.Ordinal)).Name);
    }

    [Fact]
    public void Equal_bits_share_one_view()
    {
        using PreparedModels prepared = PreparedModels.Create("resnet20a", QuantizationPolicy.Uniform(4, 4) with { ResidualBits = 4 });
        LoweringResult lowering = prepared.Lower();
        Assert.Equal([4], lowering.Report.ResidualBits);
        Assert.All(lowering.Model.Nodes.OfType<ConvolutionNode>(), n => Assert.Single(n.Views));
    }

    [Fact]
    public void A_projection_gets_its_signed_codes_before_the_addition_that_reads_them()
    {
        using PreparedModels prepared = PreparedModels.Create("resnet20b", QuantizationPolicy.Uniform(4, 4));
        IntegerModel model = prepared.Lower().Model;
        List<string> order = [.. model.Nodes.Select(n => n.Name)];
        Assert.True(order.IndexOf("layer2.0.downsample.0") < order.IndexOf("layer2.0.conv2"));
        IntegerEdge signed = model.Edges.Single(e => e.Name == "layer2.0.quant_shortcut");
        Assert.Equal((8, 128), (signed.Bits, signed.ZeroPoint));
    }

    [Fact]
    public void Pooling_before_the_quantizer_gives_the_codes_of_pooling_after_it()
    {
        Device device = CpuDevice.Shared;
        byte[] images = new byte[3 * 8 * 8 * 2];
        new Random(4).NextBytes(images);
        int[][] logits = [.. new[] { true, false }.Select(poolFirst =>
        {
            var model = new Sequential(device);
            model.Append("input", new InputQuant(device, s_normalization));
            model.Append("conv", new Conv2d(device, new ConvOptions(2, 6, 3, Padding: 1), Weights(4)));
            model.Append("relu", new Relu6(device));
            var quant = new ActivationQuant(device, Activations(4));
            model.Append(poolFirst ? "pool" : "quant", poolFirst ? new MaxPool2d(device, 2) : quant);
            model.Append(poolFirst ? "quant" : "pool", poolFirst ? quant : new MaxPool2d(device, 2));
            model.Append("flatten", new Flatten(device));
            model.Append("fc", new Linear(device, 96, 3, bias: true, Weights(4)));
            model.Initialize(5);
            See(model, 8, 2);
            quant.Quantizer.Step.CopyFrom([0.21f]);
            LoweringResult lowering = Lower(model, 8, 2);
            AssertVerified(lowering, images);
            using var session = new Session(lowering.Model, new SessionOptions { Batch = 3 });
            var row = new int[9];
            session.Run(images, row);
            model.Dispose();
            return row;
        })];
        Assert.Equal(logits[0], logits[1]);
    }

    [Fact]
    public void Averages_groups_requantized_codes_and_sums_of_codes_lower_too()
    {
        Device device = CpuDevice.Shared;
        using var model = new Oddities(device);
        model.Initialize(3);
        See(model, 8, 2);
        LoweringResult lowering = Lower(model, 8, 2);
        Assert.Contains(lowering.Model.Nodes, n => n is RescaleNode { HasResidual: true });
        Assert.Contains(lowering.Model.Nodes, n => n is SumPoolNode);
        Assert.Equal(2, lowering.Model.Nodes.Count(n => n is LookupNode));
        byte[] images = new byte[5 * 8 * 8 * 2];
        new Random(4).NextBytes(images);
        AssertVerified(lowering, images);
    }

    [Fact]
    public void Logits_share_one_scale_and_use_their_32_bits()
    {
        using PreparedModels prepared = PreparedModels.Create("mlp", QuantizationPolicy.Uniform(8, 8), rough: false);
        IntegerModel model = prepared.Lower().Model;
        byte[] images = prepared.Images(6, 2);
        float[] real = prepared.FloatLogits(images);
        using var session = new Session(model, new SessionOptions { Batch = 6 });
        var logits = new int[real.Length];
        session.Run(images, logits);
        double spread = real.Max() - real.Min();
        for (int i = 0; i < real.Length; i++)
        {
            // Ties of codes may fall differently; with 8 bits everywhere that moves a logit by little.
            Assert.InRange(Math.Abs((logits[i] * model.Logits.Scale) - real[i]), 0, 0.01 * spread);
        }

        Assert.True(logits.Max() > 10_000);
    }

    private sealed class Oddities : Module
    {
        private readonly InputQuant _input;
        private readonly Conv2d _conv1;
        private readonly ActivationQuant _quant1;
        private readonly ActivationQuant _coarse;
        private readonly Conv2d _depthwise;
        private readonly BatchNorm2d _norm;
        private readonly ActivationQuant _quant2;
        private readonly ActivationQuant _quant3;
        private readonly AveragePool2d _average;
        private readonly ActivationQuant _quant4;
        private readonly Linear _linear;

        public Oddities(Device device)
            : base(device)
        {
            _input = RegisterModule("input", new InputQuant(device, s_normalization));
            _conv1 = RegisterModule("conv1", new Conv2d(device, new ConvOptions(2, 8, 3, Padding: 1, Groups: 2, Bias: true), Weights(5)));
            _quant1 = RegisterModule("quant1", new ActivationQuant(device, Activations(7)));
            _coarse = RegisterModule("coarse", new ActivationQuant(device, Activations(3)));
            _depthwise = RegisterModule("depthwise", new Conv2d(device, new ConvOptions(8, 8, 3, Padding: 1, Groups: 8), Weights(3)));
            _norm = RegisterModule("norm", new BatchNorm2d(device, 8));
            _quant2 = RegisterModule("quant2", new ActivationQuant(device, Activations(6, signed: true)));
            _quant3 = RegisterModule("quant3", new ActivationQuant(device, Activations(5)));
            _average = RegisterModule("average", new AveragePool2d(device, 3, 2, 1));
            _quant4 = RegisterModule("quant4", new ActivationQuant(device, Activations(8)));
            _linear = RegisterModule("linear", new Linear(device, 8 * 16, 3, bias: true, Weights(2)));
        }

        public override Tensor Forward(Tensor x)
        {
            Tensor a = _quant1.Forward(_conv1.Forward(_input.Forward(x)));
            Tensor b = _quant2.Forward(_norm.Forward(_depthwise.Forward(_coarse.Forward(a))));
            Tensor c = _quant3.Forward((a + b).Apply<Kernels.Elementwise.Relu>());
            return _linear.Forward(_quant4.Forward(_average.Forward(c)).Flatten());
        }

        public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
        {
            LoweredEdge a = _quant1.Lower(context, _conv1.Lower(context, _input.Lower(context, input)));
            LoweredEdge b = _quant2.Lower(context, _norm.Lower(context, _depthwise.Lower(context, _coarse.Lower(context, a))));
            LoweredEdge c = _quant3.Lower(context, context.Clamp("relu", context.Sum("sum", a, b), 0, null));
            return _linear.Lower(context, context.Flatten("flatten", _quant4.Lower(context, _average.Lower(context, c))));
        }
    }

    private static QuantizerOptions Weights(int bits) => new() { Method = "lsq", Bits = bits, PerChannel = true, Signed = true };

    private static QuantizerOptions Activations(int bits, bool signed = false) => new() { Method = "lsq", Bits = bits, PerChannel = false, Signed = signed };

    private static void See(Module model, int size, int channels)
    {
        model.Train();
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            model.Forward(Tensor.Uniform(model.Device, new Shape(8, size, size, channels), -1, 1, new Kernels.Rng.PhiloxKey(3, 4)));
        }

        model.Evaluate();
    }

    private static LoweringResult Lower(Module model, int size, int channels)
        => ModelLowering.Lower(model, new LoweringOptions { Height = size, Width = size, Channels = channels });

    private static void AssertVerified(LoweringResult lowering, byte[] images)
    {
        using var verifier = new Verifier(lowering, new SessionOptions { Batch = 2, Threads = 2 });
        verifier.Compare(images);
        Assert.All(verifier.Report().Nodes, node => Assert.True(node.Mismatches == 0, $"{node}"));
    }
}
