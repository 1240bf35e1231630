using LowBit.Kernels.Arenas;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;

namespace LowBit.Runtime.Planning;

/// <summary>Chooses kernels, proves ranges, and lays edges and working memory out in one arena.</summary>
internal static class Planner
{
    // Spans and kernels count bytes of one edge in 32 bits.
    private const long EdgeLimit = int.MaxValue;

    /// <summary>Plans a model and packs its weights; the caller owns the packed weights (null for nodes without).</summary>
    public static Plan Create(IntegerModel model, SessionOptions options, int threads, Isa isa, out PackedConvWeights?[] packed)
    {
        int batch = options.Batch;
        CostTable costs = options.Costs ?? new CostTable();
        CheckBatch(model, batch);
        packed = new PackedConvWeights?[model.Nodes.Count];
        var proofs = new RangeProof?[packed.Length];
        var scratch = new long[packed.Length];
        var reasons = new string[packed.Length];
        Array.Fill(reasons, "");
        for (int i = 0; i < packed.Length; i++)
        {
            switch (model.Nodes[i])
            {
                case ConvolutionNode node:
                    proofs[i] = RangeProof.Create(node.Weights, model.Edges[node.Input].MaxCode);
                    KernelChoice choice = costs.Choose(node.Shape with { Batch = batch }, proofs[i]!, isa);
                    packed[i] = Pack(node, proofs[i]!, choice.Kernel);
                    reasons[i] = choice.Reason;
                    scratch[i] = Scratch(node.Shape, packed[i]!, batch, threads);
                    break;
                case SumPoolNode node:
                    scratch[i] = sizeof(int) * (node.Shape with { Batch = batch }).OutputLength;
                    break;
                default:
                    break;
            }
        }

        ArenaRange[] ranges = ArenaLayout.Place(Blocks(model, batch, scratch), out long length);
        int edges = model.Edges.Count;
        var nodes = new NodePlan[packed.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new NodePlan(model.Nodes[i], "", proofs[i], reasons[i], ranges[edges + i]);
        }

        return new Plan(model, batch, isa, nodes, ranges[..edges], length);
    }

    // A kernel cuts small batches into other chunks than large ones, so that one image may need more than the whole batch; nothing between needs more than both.
    private static long Scratch(in ConvShape shape, PackedConvWeights weights, int batch, int threads)
        => Math.Max(
            IntegerConv.ScratchBytes(shape with { Batch = batch }, weights, threads), IntegerConv.ScratchBytes(shape with { Batch = 1 }, weights, threads));

    private static PackedConvWeights Pack(ConvolutionNode node, RangeProof proof, IntegerConvKernel kernel)
    {
        var codes = new sbyte[node.Shape.WeightLength];
        node.Weights.Unpack(codes);
        return IntegerConv.Pack(node.Shape, codes, proof, kernel);
    }

    private static void CheckBatch(IntegerModel model, int batch)
    {
        foreach (IntegerEdge edge in model.Edges)
        {
            long bytes = (long)edge.Length * batch * (edge.IsLogits ? sizeof(int) : 1);
            if (bytes > EdgeLimit)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(batch), batch, $"edge '{edge.Name}' would take {bytes} bytes for {batch} images; use a batch of at most {EdgeLimit / Math.Max(bytes / batch, 1)}");
            }
        }
    }

    // Step 0 copies the images in, step i + 1 is node i, and the step after the last node copies the logits out.
    private static LiveBlock[] Blocks(IntegerModel model, int batch, long[] scratch)
    {
        int edges = model.Edges.Count, nodes = model.Nodes.Count;
        var first = new int[edges];
        var last = new int[edges];
        for (int i = 0; i < nodes; i++)
        {
            foreach (int edge in model.Nodes[i].Inputs)
            {
                last[edge] = i + 1;
            }

            foreach (int edge in model.Nodes[i].Outputs)
            {
                first[edge] = i + 1;
                last[edge] = i + 1;
            }
        }

        last[model.LogitsEdge] = nodes + 1;
        var blocks = new LiveBlock[edges + nodes];
        for (int edge = 0; edge < edges; edge++)
        {
            long bytes = (long)model.Edges[edge].Length * batch * (model.Edges[edge].IsLogits ? sizeof(int) : 1);
            blocks[edge] = new LiveBlock(bytes, first[edge], last[edge]);
        }

        for (int i = 0; i < nodes; i++)
        {
            blocks[edges + i] = new LiveBlock(scratch[i], i + 1, i + 1);
        }

        return blocks;
    }
}
