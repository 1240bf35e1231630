using LowBit.Kernels.Codes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Requantization;
using LowBit.Runtime.Models;
using Xunit;

namespace LowBit.Runtime.Tests.Models;

public class ModelValidationTests
{
    [Fact]
    public void A_layer_beyond_its_range_proof_is_refused_with_its_length()
    {
        const int Length = 70_000;
        string message = Refusal(Linear(Length, 8, new RequantizeTable([1], [0], [1], int.MinValue, int.MaxValue)));
        Assert.Contains("node 'fc'", message, StringComparison.Ordinal);
        Assert.Contains("70000 products", message, StringComparison.Ordinal);
        Assert.Contains("32-bit", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2901, 2902, true)]
    [InlineData(2902, 2902, false)]
    [InlineData(3000, 3000, false)]
    public void A_window_whose_sums_the_engine_cannot_hold_is_refused_whatever_the_bits(int height, int width, bool isPossible)
    {
        // The engine sums bytes and asks no edge for its bits: 255·2901·2902 is the last product below 2^31.
        if (isPossible)
        {
            Assert.Equal(1, Averaged(height, width)().Classes);
            return;
        }

        string message = Refusal(Averaged(height, width));
        Assert.Contains("node 'average'", message, StringComparison.Ordinal);
        Assert.Contains("beyond 32 bits", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(31)]
    [InlineData(-8)]
    public void Bits_outside_1_to_8_are_refused(int bits)
    {
        IntegerModel good = SampleModel.Create();
        IntegerEdge[] edges = [.. good.Edges];
        edges[2] = edges[2] with { Bits = bits };
        Assert.Contains($"edge 'a' has {bits} bits; codes have 1 to 8", Refusal(() => new IntegerModel("x", edges, good.Nodes, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 4, 4)]
    [InlineData(1 << 21, 1, 1)]
    [InlineData(1 << 20, 1 << 20, 1 << 20)]
    [InlineData(-3, 1, 1)]
    public void Absurd_sizes_are_refused(int height, int width, int channels)
    {
        IntegerModel good = SampleModel.Create();
        IntegerEdge[] edges = [.. good.Edges];
        edges[3] = edges[3] with { Height = height, Width = width, Channels = channels };
        Assert.Contains($"edge 'r' has the shape {height}x{width}x{channels}", Refusal(() => new IntegerModel("x", edges, good.Nodes, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Scales_are_positive_and_finite(double scale)
    {
        IntegerModel good = SampleModel.Create();
        IntegerEdge[] edges = [.. good.Edges];
        edges[3] = edges[3] with { Scale = scale };
        Assert.Contains("must be positive and finite", Refusal(() => new IntegerModel("x", edges, good.Nodes, [])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_nodes_is_checked()
    {
        IntegerModel good = SampleModel.Create();
        IntegerNode[] nodes = [.. good.Nodes];
        (nodes[1], nodes[2]) = (nodes[2], nodes[1]);
        Assert.Contains("before any node has written it", Refusal(() => new IntegerModel("x", good.Edges, nodes, [])), StringComparison.Ordinal);
        Assert.Contains("written before", Refusal(() => new IntegerModel("x", good.Edges, [.. good.Nodes.Take(2), Renamed((ConvolutionNode)good.Nodes[1]), .. good.Nodes.Skip(2)], [])), StringComparison.Ordinal);
        // Read by nobody and no logits: the last edge of a model holds logits.
        Assert.Contains("no node reads edge 'input'", Refusal(() => new IntegerModel("x", [.. good.Edges.Take(2)], [.. good.Nodes.Take(1)], [])), StringComparison.Ordinal);
    }

    [Fact]
    public void Edges_that_nobody_reads_and_names_that_repeat_are_refused()
    {
        IntegerModel good = SampleModel.Create();
        IntegerEdge[] more = [.. good.Edges, good.Edges[2] with { Name = "spare" }];
        Assert.Contains("no node writes edge 'spare'", Refusal(() => new IntegerModel("x", more, good.Nodes, [])), StringComparison.Ordinal);
        IntegerEdge[] twice = [.. good.Edges];
        twice[2] = twice[2] with { Name = "r" };
        Assert.Contains("two edges are called 'r'", Refusal(() => new IntegerModel("x", twice, good.Nodes, [])), StringComparison.Ordinal);
        Assert.Contains("class names", Refusal(() => new IntegerModel("x", good.Edges, good.Nodes, ["a"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_must_fit_the_bits_of_the_edge()
    {
        IntegerModel good = SampleModel.Create();
        IntegerEdge[] edges = [.. good.Edges];
        edges[2] = edges[2] with { Bits = 3 };
        Assert.Contains("clamps to 0..15, edge 'a' of 3 bits", Refusal(() => new IntegerModel("x", edges, good.Nodes, [])), StringComparison.Ordinal);
    }

    private static ConvolutionNode Renamed(ConvolutionNode node)
        => new() { Name = "again", Input = node.Input, PaddingCode = node.PaddingCode, Shape = node.Shape, Weights = node.Weights, Views = node.Views };

    // The mean of four-bit codes over the whole image, as the logit.
    private static Func<IntegerModel> Averaged(int height, int width)
    {
        IntegerEdge[] edges = [new("image", height, width, 1, 8, 1, 0), new("codes", height, width, 1, 4, 1, 0), new("logits", 1, 1, 1, IntegerEdge.LogitBits, 1, 0)];
        return () => new IntegerModel(
            "average",
            edges,
            [
                new LookupNode { Name = "input", Input = 0, Output = 1, PerChannel = false, Table = new byte[256] },
                new SumPoolNode
                {
                    Name = "average",
                    Input = 1,
                    PaddingCode = 0,
                    Shape = new PoolShape(1, height, width, 1, height, width, 1, 0),
                    Views = [new OutputView(2, new RequantizeTable([1], [0], [1], int.MinValue, int.MaxValue))],
                },
            ],
            []);
    }

    private static Func<IntegerModel> Linear(int length, int bits, RequantizeTable table)
    {
        var codes = new sbyte[length];
        Array.Fill(codes, (sbyte)CodeStorage.HighestCode(bits));
        IntegerEdge[] edges = [new("image", 1, 1, length, 8, 1, 0), new("codes", 1, 1, length, 8, 1, 0), new("logits", 1, 1, 1, IntegerEdge.LogitBits, 1, 0)];
        var table256 = new byte[256];
        return () => new IntegerModel(
            "linear",
            edges,
            [
                new LookupNode { Name = "input", Input = 0, Output = 1, PerChannel = false, Table = table256 },
                new ConvolutionNode
                {
                    Name = "fc",
                    Input = 1,
                    PaddingCode = 0,
                    Shape = new ConvShape(1, 1, 1, length, 1, 1, 1, 1, 0),
                    Weights = CodeStorage.Pack(codes, 1, length, bits),
                    Views = [new OutputView(2, table)],
                },
            ],
            []);
    }

    private static string Refusal(Func<IntegerModel> build) => Assert.Throws<ArgumentException>(build).Message;
}
