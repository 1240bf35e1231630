namespace LowBit.Runtime.Models;

/// <summary>Checks that the parts of a model fit together and that no sum can overflow. One sentence for each failure.</summary>
internal static class ModelValidator
{
    public static void CheckCounts(IntegerModel model)
    {
        Require(model.Edges.Count >= 2, "a model needs an edge of pixels and an edge of logits");
        Require(model.Nodes.Count >= 1, "a model needs at least one node");
        Require(
            model.Edges.Count <= ModelLimits.Count && model.Nodes.Count <= ModelLimits.Count,
            $"{model.Edges.Count} edges and {model.Nodes.Count} nodes exceed the limit of {ModelLimits.Count}");
        foreach (IntegerNode node in model.Nodes)
        {
            ArgumentNullException.ThrowIfNull(node);
        }
    }

    public static void Check(IntegerModel model)
    {
        CheckTexts(model);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (IntegerEdge edge in model.Edges)
        {
            CheckEdge(edge);
            Require(names.Add(edge.Name), $"two edges are called '{edge.Name}'");
        }

        IntegerEdge image = model.Image;
        Require(image.Bits == 8 && image.ZeroPoint == 0, $"the first edge, '{image.Name}', must hold 8-bit pixels with zero point 0");
        CheckNodes(model);
        Require(model.Logits.IsLogits, $"the last node, '{model.Nodes[^1].Name}', writes no logits");
        Require(
            model.ClassNames.Count == 0 || model.ClassNames.Count == model.Classes,
            $"{model.ClassNames.Count} class names do not fit {model.Classes} logits");
    }

    /// <summary>Checks one edge alone; used by the reader before anything is built.</summary>
    public static void CheckEdge(IntegerEdge edge)
    {
        ArgumentNullException.ThrowIfNull(edge);
        Require(edge.Name.Length is > 0 and <= ModelLimits.TextLength, "an edge needs a name");
        bool sane = edge.Height is >= 1 and <= ModelLimits.Extent && edge.Width is >= 1 and <= ModelLimits.Extent
            && edge.Channels is >= 1 and <= ModelLimits.Extent;
        Require(
            sane && (double)edge.Height * edge.Width * edge.Channels <= ModelLimits.EdgeLength,
            $"edge '{edge.Name}' has the shape {edge.Height}x{edge.Width}x{edge.Channels}; sizes must be at least 1 and hold at most {ModelLimits.EdgeLength} codes");
        Require(edge.Bits is (>= 1 and <= 8) or IntegerEdge.LogitBits, $"edge '{edge.Name}' has {edge.Bits} bits; codes have 1 to 8");
        Require(
            double.IsFinite(edge.Scale) && edge.Scale > 0, $"edge '{edge.Name}' has the scale {edge.Scale}; it must be positive and finite");
        Require(
            edge.ZeroPoint >= 0 && edge.ZeroPoint <= (edge.IsLogits ? 0 : edge.MaxCode),
            $"edge '{edge.Name}' of {edge.Bits} bits has the zero point {edge.ZeroPoint}");
    }

    private static void CheckTexts(IntegerModel model)
    {
        Require(model.Name.Length <= ModelLimits.TextLength, "the model's name is too long");
        foreach (string name in model.ClassNames)
        {
            Require(name.Length <= ModelLimits.TextLength, "a class name is too long");
        }

        foreach ((string key, string value) in model.Properties)
        {
            Require(
                key.Length is > 0 and <= ModelLimits.TextLength && value.Length <= ModelLimits.TextLength,
                $"the property '{key}' is empty or longer than {ModelLimits.TextLength} characters");
        }
    }

    private static void CheckNodes(IntegerModel model)
    {
        var written = new bool[model.Edges.Count];
        var read = new bool[model.Edges.Count];
        written[IntegerModel.ImageEdge] = true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (IntegerNode node in model.Nodes)
        {
            Require(node.Name.Length is > 0 and <= ModelLimits.TextLength, "a node needs a name");
            Require(names.Add(node.Name), $"two nodes are called '{node.Name}'");
            foreach (int edge in node.Inputs)
            {
                Require(edge >= 0 && edge < written.Length, $"node '{node.Name}' reads edge {edge} of {written.Length}");
                Require(written[edge], $"node '{node.Name}' reads edge '{model.Edges[edge].Name}' before any node has written it");
                Require(!model.Edges[edge].IsLogits, $"node '{node.Name}' reads the logits '{model.Edges[edge].Name}'");
                read[edge] = true;
            }

            Require(node.Outputs.Count > 0, $"node '{node.Name}' writes nothing");
            foreach (int edge in node.Outputs)
            {
                Require(edge >= 0 && edge < written.Length, $"node '{node.Name}' writes edge {edge} of {written.Length}");
                Require(!written[edge], $"node '{node.Name}' writes edge '{model.Edges[edge].Name}', which was written before");
                Require(
                    !model.Edges[edge].IsLogits || (ReferenceEquals(node, model.Nodes[^1]) && node is AccumulatorNode && node.Outputs.Count == 1),
                    $"node '{node.Name}' writes logits, which only the last convolution, linear layer or sum may do, and nothing beside them");
                written[edge] = true;
            }

            NodeValidator.Check(model, node);
        }

        for (int edge = 0; edge < written.Length; edge++)
        {
            Require(written[edge], $"no node writes edge '{model.Edges[edge].Name}'");
            Require(read[edge] || model.Edges[edge].IsLogits, $"no node reads edge '{model.Edges[edge].Name}'");
        }
    }

    internal static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message);
        }
    }
}
