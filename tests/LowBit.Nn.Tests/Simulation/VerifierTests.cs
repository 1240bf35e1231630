using LowBit.Kernels.Isas;
using LowBit.Nn.Lowering;
using LowBit.Nn.Models;
using LowBit.Nn.Simulation;
using LowBit.Nn.Tests.Lowering;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Nn.Tests.Simulation;

/// <summary>The promise: the engine's integers are those of the trained model, on every edge, instruction set, thread count and batch.</summary>
public class VerifierTests
{
    private static readonly (string Name, QuantizationPolicy Policy)[] s_policies =
    [
        ("1/2", Policy(1, 2)),
        ("2/2", Policy(2, 2)),
        ("3/3", Policy(3, 3)),
        ("4/4", Policy(4, 4)),
        ("8/8", Policy(8, 8)),
        ("all 3", Policy(3, 3) with { FirstLayerWeightBits = 3, LastLayerWeightBits = 3, LastLayerActivationBits = 3, ResidualBits = 3 }),
        ("mixed", Policy(5, 6) with { FirstLayerWeightBits = 4, LastLayerWeightBits = 7, LastLayerActivationBits = 5, ResidualBits = 7 }),
        ("full grid", Policy(4, 4) with { Grid = LowBit.Quantization.WeightGrid.Full, FirstLayerWeightBits = 7, LastLayerWeightBits = 7 }),
        ("odd grid", Policy(2, 2) with { Method = "pact", Grid = LowBit.Quantization.WeightGrid.Odd }),
        ("dorefa", Policy(2, 3) with { Method = "dorefa", FirstLayerWeightBits = 7, LastLayerWeightBits = 7 }),
        ("pact", Policy(4, 4) with { Method = "pact" }),
        ("lsq+", Policy(4, 4) with { Method = "lsq+" }),
        ("pact-sawb", Policy(3, 3) with { Method = "pact-sawb" }),
        ("apot", Policy(4, 4) with { Method = "apot" }),
        ("ewgs", Policy(2, 2) with { Method = "ewgs" }),
        ("dsq", Policy(4, 2) with { Method = "dsq" }),
        ("qil", Policy(3, 4) with { Method = "qil" }),
        ("weightnorm", Policy(3, 4) with { Method = "weightnorm" }),
    ];

    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (string kind in PreparedModels.Kinds)
            {
                foreach ((string name, _) in s_policies)
                {
                    data.Add(kind, name, false);
                    data.Add(kind, name, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Simulation_and_engine_agree_on_every_edge(string kind, string policy, bool perChannel)
    {
        QuantizationPolicy settings = s_policies.First(p => p.Name == policy).Policy with { PerChannel = perChannel };
        using PreparedModels prepared = PreparedModels.Create(kind, settings, seed: 3);
        LoweringResult lowering = prepared.Lower();
        IntegerModel reread = LbqReader.Read(LbqWriter.ToBytes(lowering.Model), "reread.lbq");
        byte[] images = prepared.Images(4, 5);
        int threads = 1;
        foreach (Isa isa in CpuFeatures.Usable)
        {
            // Batches of 1, of 3 with a rest, and of the whole capacity; threads 1, 2, 3 in turn.
            int batch = threads == 1 ? 1 : threads == 2 ? 3 : 4;
            using var verifier = new Verifier(lowering, reread, new SessionOptions { Isa = isa, Threads = threads, Batch = batch });
            verifier.Compare(images);
            VerificationReport report = verifier.Report();
            Assert.Equal(4, report.Images);
            Assert.Equal(reread.Edges.Count - 1, report.Nodes.Count);
            Assert.All(report.Nodes, node => Assert.True(node.Mismatches == 0 && node.Compared > 0, $"{isa}, {threads} threads: {node}"));
            threads = (threads % 3) + 1;
        }
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("resnet20a")]
    [InlineData("resnet20b")]
    [InlineData("mobilenetv2")]
    public void All_thread_counts_and_batches_on_the_best_instruction_set(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, Policy(4, 4), seed: 4);
        LoweringResult lowering = prepared.Lower();
        byte[] images = prepared.Images(5, 6);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            foreach (int batch in new[] { 1, 3, 5 })
            {
                using var verifier = new Verifier(lowering, new SessionOptions { Threads = threads, Batch = batch });
                verifier.Compare(images, [0, 1, 2, 3, 4]);
                VerificationReport report = verifier.Report();
                Assert.Equal(0, report.Mismatches);
                Assert.Equal(report.CorrectSimulated, report.CorrectInteger);
            }
        }
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet5")]
    [InlineData("vgg7")]
    [InlineData("resnet20a")]
    [InlineData("resnet20b")]
    [InlineData("mobilenetv2")]
    public void The_compared_codes_are_not_all_the_same(string kind)
    {
        using PreparedModels prepared = PreparedModels.Create(kind, Policy(4, 4), seed: 3);
        LoweringResult lowering = prepared.Lower();
        IReadOnlyDictionary<string, int[]> edges = new Simulator(lowering).Run(prepared.Images(4, 5));
        Assert.Equal(lowering.Model.Edges.Select(e => e.Name).Order(), edges.Keys.Order());
        Assert.All(lowering.Model.Edges, edge =>
        {
            int different = edges[edge.Name].Distinct().Count();

            // Steps of signed edges start wide: bell-shaped values of few pixels reach the inner codes alone.
            int least = edge is { ZeroPoint: > 0, Bits: 4 } ? 4 : 6;
            Assert.True(different >= least, $"edge {edge.Name} of {edge.Bits} bits holds {different} different codes");
        });
    }

    [Fact]
    public void A_changed_multiplier_is_found_and_named()
    {
        using PreparedModels prepared = PreparedModels.Create("lenet5", Policy(4, 4));
        LoweringResult lowering = prepared.Lower();
        using var verifier = new Verifier(lowering, Damaged(lowering.Model, "conv2"), new SessionOptions { Threads = 1 });
        verifier.Compare(prepared.Images(2, 1));
        VerificationReport report = verifier.Report();
        Assert.Equal(0, report.Nodes.Single(n => n.Name == "pool1").Mismatches);
        NodeMismatch wrong = report.Nodes.Single(n => n.Name == "quant2");
        Assert.True(wrong.Mismatches > 0);
        Assert.Matches("^image [01], row [0-9]+, column [0-9]+, channel 2: simulation [0-9]+, engine [0-9]+$", wrong.FirstMismatch);
    }

    private static QuantizationPolicy Policy(int weights, int activations) => QuantizationPolicy.Uniform(weights, activations);

    // Channel 2 of one layer gets another offset.
    private static IntegerModel Damaged(IntegerModel model, string name)
    {
        IntegerNode[] nodes = [.. model.Nodes.Select(node => node.Name == name ? Shifted((ConvolutionNode)node) : node)];
        return new IntegerModel(model.Name, model.Edges, nodes, model.ClassNames);
    }

    private static ConvolutionNode Shifted(ConvolutionNode node)
    {
        var table = node.Views[0].Table;
        int[] channels = [.. Enumerable.Range(0, table.Channels)];
        long[] offsets = [.. channels.Select(c => table.Offset(c) + (c == 2 ? 3L << table.Shift(c) : 0))];
        var changed = new Kernels.Requantization.RequantizeTable(
            [.. channels.Select(table.Multiplier)], offsets, [.. channels.Select(table.Shift)], table.Low, table.High);
        return new ConvolutionNode
        {
            Name = node.Name,
            Input = node.Input,
            PaddingCode = node.PaddingCode,
            Shape = node.Shape,
            Weights = node.Weights,
            Views = [new OutputView(node.Views[0].Edge, changed)],
        };
    }
}
