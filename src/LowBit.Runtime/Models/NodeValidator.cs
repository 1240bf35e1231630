using LowBit.Kernels.Devices;
using LowBit.Kernels.Ranges;

namespace LowBit.Runtime.Models;

/// <summary>Checks one node against the edges it reads and writes.</summary>
internal static class NodeValidator
{
    public static void Check(IntegerModel model, IntegerNode node)
    {
        switch (node)
        {
            case LookupNode lookup:
                CheckLookup(model, lookup);
                break;
            case ConvolutionNode convolution:
                CheckConvolution(model, convolution);
                break;
            case SumPoolNode pool:
                CheckSumPool(model, pool);
                break;
            case MaxPoolNode pool:
                CheckPool(node, pool.Shape, model.Edges[pool.Input], model.Edges[pool.Output]);
                RequireSameGrid(node, model.Edges[pool.Input], model.Edges[pool.Output]);
                break;
            case ShortcutNode shortcut:
                CheckShortcut(model, shortcut);
                break;
            case RescaleNode rescale:
                CheckRescale(model, rescale);
                break;
            default:
                throw new ArgumentException($"node '{node.Name}' is of the unknown kind {node.GetType().Name}");
        }
    }

    private static void CheckLookup(IntegerModel model, LookupNode node)
    {
        IntegerEdge input = model.Edges[node.Input], output = model.Edges[node.Output];
        RequireSameShape(node, input, output);
        RequireCodes(node, output);
        int expected = LookupNode.TableLength * (node.PerChannel ? input.Channels : 1);
        Require(node.Table.Length == expected, $"node '{node.Name}' has a table of {node.Table.Length} entries instead of {expected}");
        foreach (byte entry in node.Table)
        {
            Require(entry <= output.MaxCode, $"node '{node.Name}' has the table entry {entry}, above the highest code {output.MaxCode} of '{output.Name}'");
        }
    }

    private static void CheckConvolution(IntegerModel model, ConvolutionNode node)
    {
        ConvShape shape = node.Shape;
        RequireExtents(
            node, shape.Height, shape.Width, shape.InChannels, shape.OutChannels, shape.KernelHeight, shape.KernelWidth, shape.Stride, shape.Groups);
        Require(shape.Batch == 1, $"node '{node.Name}' fixes a batch of {shape.Batch}; a model's shapes are of one image");
        Require(shape.Padding is >= 0 and <= ModelLimits.Extent, $"node '{node.Name}' has the padding {shape.Padding}");
        shape.Validate();
        IntegerEdge input = model.Edges[node.Input];
        Require(
            shape.InputLength == input.Length,
            $"node '{node.Name}' reads {shape.Height}x{shape.Width}x{shape.InChannels} codes, edge '{input.Name}' holds {input.Height}x{input.Width}x{input.Channels}");
        double weights = (double)shape.OutChannels * shape.KernelHeight * shape.KernelWidth * shape.GroupInChannels;
        Require(weights <= ModelLimits.WeightLength, $"node '{node.Name}' has {weights:F0} weights; the limit is {ModelLimits.WeightLength}");
        Require(
            node.Weights.Rows == shape.OutChannels && node.Weights.RowLength == shape.ReductionLength,
            $"node '{node.Name}' holds weights of {node.Weights.Rows}x{node.Weights.RowLength} codes instead of {shape.OutChannels}x{shape.ReductionLength}");
        RequirePadding(node, node.PaddingCode, input);
        RequireProof(node, input);
        CheckViews(model, node, shape.OutHeight, shape.OutWidth, shape.OutChannels);
    }

    private static void CheckSumPool(IntegerModel model, SumPoolNode node)
    {
        IntegerEdge input = model.Edges[node.Input];
        PoolShape shape = node.Shape;
        CheckPoolShape(node, shape, input);
        RequirePadding(node, node.PaddingCode, input);

        // The engine sums bytes and asks no edge for its bits, so the bound is that of all bytes.
        long highest = (long)shape.KernelHeight * shape.KernelWidth * byte.MaxValue;
        Require(highest <= int.MaxValue, $"node '{node.Name}' sums up to {highest}, beyond 32 bits; use a smaller window");
        CheckViews(model, node, shape.OutHeight, shape.OutWidth, shape.Channels);
    }

    private static void CheckViews(IntegerModel model, AccumulatorNode node, int height, int width, int channels)
    {
        if (node.HasResidual)
        {
            IntegerEdge residual = model.Edges[node.Residual];
            Require(
                residual.Height == height && residual.Width == width && residual.Channels == channels,
                $"node '{node.Name}' adds edge '{residual.Name}' of {residual.Height}x{residual.Width}x{residual.Channels} to an output of {height}x{width}x{channels}");
        }

        Require(node.Views.Count is >= 1 and <= 8, $"node '{node.Name}' has {node.Views.Count} views; 1 to 8 are possible");
        foreach (OutputView view in node.Views)
        {
            IntegerEdge output = model.Edges[view.Edge];
            Require(
                output.Height == height && output.Width == width && output.Channels == channels,
                $"node '{node.Name}' makes {height}x{width}x{channels} values, edge '{output.Name}' holds {output.Height}x{output.Width}x{output.Channels}");
            TableValidator.Check(node, view.Table, output, channels, node.HasResidual);
        }
    }

    private static void CheckShortcut(IntegerModel model, ShortcutNode node)
    {
        ShortcutShape shape = node.Shape;
        IntegerEdge input = model.Edges[node.Input], output = model.Edges[node.Output];
        RequireExtents(node, shape.Height, shape.Width, shape.InChannels, shape.OutChannels, shape.Stride);
        Require(shape.Batch == 1, $"node '{node.Name}' fixes a batch of {shape.Batch}; a model's shapes are of one image");
        Require(shape.OutChannels >= shape.InChannels, $"node '{node.Name}' drops channels: {shape.InChannels} to {shape.OutChannels}");
        RequireShape(node, input, shape.Height, shape.Width, shape.InChannels);
        RequireShape(node, output, shape.OutHeight, shape.OutWidth, shape.OutChannels);
        RequireSameGrid(node, input, output);
    }

    private static void CheckRescale(IntegerModel model, RescaleNode node)
    {
        IntegerEdge input = model.Edges[node.Input];
        CheckViews(model, node, input.Height, input.Width, input.Channels);
    }

    private static void CheckPool(IntegerNode node, PoolShape shape, IntegerEdge input, IntegerEdge output)
    {
        CheckPoolShape(node, shape, input);
        RequireShape(node, output, shape.OutHeight, shape.OutWidth, shape.Channels);
    }

    private static void CheckPoolShape(IntegerNode node, PoolShape shape, IntegerEdge input)
    {
        RequireExtents(node, shape.Height, shape.Width, shape.Channels, shape.KernelHeight, shape.KernelWidth, shape.Stride);
        Require(shape.Batch == 1, $"node '{node.Name}' fixes a batch of {shape.Batch}; a model's shapes are of one image");
        Require(shape.Padding is >= 0 and <= ModelLimits.Extent, $"node '{node.Name}' has the padding {shape.Padding}");
        shape.Validate();
        RequireShape(node, input, shape.Height, shape.Width, shape.Channels);
    }

    // A model without a proof for one of its layers cannot be planned on any machine, so it may not exist.
    private static void RequireProof(ConvolutionNode node, IntegerEdge input)
    {
        try
        {
            _ = RangeProof.Create(node.Weights, input.MaxCode);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"node '{node.Name}': {error.Message}", error);
        }
    }

    private static void RequirePadding(IntegerNode node, int code, IntegerEdge input)
        => Require(
            code >= 0 && code <= input.MaxCode, $"node '{node.Name}' pads with the code {code}, edge '{input.Name}' has the codes 0 to {input.MaxCode}");

    private static void RequireExtents(IntegerNode node, params ReadOnlySpan<int> sizes)
    {
        foreach (int size in sizes)
        {
            Require(size is >= 1 and <= ModelLimits.Extent, $"node '{node.Name}' has the size {size}; sizes are 1 to {ModelLimits.Extent}");
        }
    }

    private static void RequireShape(IntegerNode node, IntegerEdge edge, int height, int width, int channels)
        => Require(
            edge.Height == height && edge.Width == width && edge.Channels == channels,
            $"node '{node.Name}' needs {height}x{width}x{channels} codes, edge '{edge.Name}' holds {edge.Height}x{edge.Width}x{edge.Channels}");

    private static void RequireSameShape(IntegerNode node, IntegerEdge a, IntegerEdge b)
        => RequireShape(node, b, a.Height, a.Width, a.Channels);

    private static void RequireSameGrid(IntegerNode node, IntegerEdge a, IntegerEdge b)
        => Require(
            a.Bits == b.Bits && a.ZeroPoint == b.ZeroPoint && a.Scale.Equals(b.Scale),
            $"node '{node.Name}' keeps codes as they are, but '{a.Name}' and '{b.Name}' differ in bits, scale or zero point");

    private static void RequireCodes(IntegerNode node, IntegerEdge edge)
        => Require(!edge.IsLogits, $"node '{node.Name}' cannot write logits");

    private static void Require(bool condition, string message) => ModelValidator.Require(condition, message);
}
