using LowBit.Kernels.Arenas;
using LowBit.Kernels.IntegerKernels;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Planning;

/// <summary>Binds planned nodes to an arena.</summary>
internal static class StepFactory
{
    public static ArenaStep Bind(Plan plan, int index, PackedConvWeights? weights, NativeArena arena)
    {
        NodePlan planned = plan.Nodes[index];
        IReadOnlyList<ArenaRange> edges = plan.Edges;
        IntegerModel model = plan.Model;
        switch (planned.Node)
        {
            case LookupNode node:
                IntegerEdge edge = model.Edges[node.Input];
                int channels = node.PerChannel ? edge.Channels : 1;
                return new ArenaLookup(arena, edge.Length / channels, channels, node.Table, edges[node.Input], edges[node.Output]);
            case ConvolutionNode node:
                return new ArenaConvolution(
                    arena, node.Shape with { Batch = plan.Batch }, weights!, edges[node.Input], (byte)node.PaddingCode, Views(plan, node), planned.Scratch);
            case SumPoolNode node:
                return new ArenaSumPool(
                    arena, node.Shape with { Batch = plan.Batch }, edges[node.Input], (byte)node.PaddingCode, Views(plan, node), planned.Scratch);
            case RescaleNode node:
                IntegerEdge input = model.Edges[node.Input];
                return new ArenaRescale(arena, input.Height * input.Width, input.Channels, edges[node.Input], Views(plan, node));
            case MaxPoolNode node:
                return new ArenaMaxPool(arena, node.Shape with { Batch = plan.Batch }, edges[node.Input], edges[node.Output]);
            case ShortcutNode node:
                return new ArenaShortcut(
                    arena, node.Shape with { Batch = plan.Batch }, edges[node.Input], (byte)model.Edges[node.Input].ZeroPoint, edges[node.Output]);
            default:
                throw new ArgumentException($"node '{planned.Node.Name}' is of the unknown kind {planned.Node.Kind}");
        }
    }

    private static ArenaView[] Views(Plan plan, AccumulatorNode node)
    {
        var views = new ArenaView[node.Views.Count];
        for (int i = 0; i < views.Length; i++)
        {
            OutputView view = node.Views[i];
            ArenaRange? residual = node.HasResidual ? plan.Edges[node.Residual] : null;
            views[i] = new ArenaView(view.Table, plan.Edges[view.Edge], residual, plan.Model.Edges[view.Edge].IsLogits);
        }

        return views;
    }
}
