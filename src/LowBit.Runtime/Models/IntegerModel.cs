namespace LowBit.Runtime.Models;

/// <summary>
/// A network of integers: edges of codes, nodes in the order in which they run, one edge of pixels at the start (edge 0) and one
/// edge of int32 logits at the end. Everything that a session needs and nothing that depends on the machine.
/// Checked when it is made: a model that exists can be planned, unless it exceeds a kernel's range proof.
/// </summary>
public sealed class IntegerModel
{
    /// <summary>Index of the edge that holds the image: pixels 0 to 255, scale 1/255.</summary>
    public const int ImageEdge = 0;

    /// <summary>Makes a model and checks it.</summary>
    /// <param name="name">What the model calls itself, such as <c>resnet20</c>.</param>
    /// <param name="edges">All edges; the first holds the image.</param>
    /// <param name="nodes">All nodes, each after the nodes that write its inputs; the last writes the logits.</param>
    /// <param name="classNames">A name for each logit, or empty.</param>
    /// <param name="properties">Free notes, such as how it was trained; or null.</param>
    /// <exception cref="ArgumentException">The parts contradict each other; the message names the node or edge.</exception>
    public IntegerModel(
        string name,
        IReadOnlyList<IntegerEdge> edges,
        IReadOnlyList<IntegerNode> nodes,
        IReadOnlyList<string> classNames,
        IReadOnlyDictionary<string, string>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(edges);
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(classNames);
        Name = name;
        Edges = [.. edges];
        Nodes = [.. nodes];
        ClassNames = [.. classNames];
        Properties = new SortedDictionary<string, string>(ToDictionary(properties), StringComparer.Ordinal);
        ModelValidator.CheckCounts(this);
        // Kept: a session asks for it in each run, and nodes make lists of their outputs.
        LogitsEdge = Nodes[^1].Outputs is [int edge, ..] ? edge : -1;
        ModelValidator.Check(this);
    }

    /// <summary>What the model calls itself.</summary>
    public string Name { get; }

    /// <summary>All edges; the first holds the image.</summary>
    public IReadOnlyList<IntegerEdge> Edges { get; }

    /// <summary>All nodes in the order in which they run.</summary>
    public IReadOnlyList<IntegerNode> Nodes { get; }

    /// <summary>A name for each logit, or empty.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Free notes, sorted by key.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>The edge of pixels.</summary>
    public IntegerEdge Image => Edges[ImageEdge];

    /// <summary>Index of the edge of logits.</summary>
    public int LogitsEdge { get; }

    /// <summary>The edge of logits: a logit's real value is its int32 times this edge's scale.</summary>
    public IntegerEdge Logits => Edges[LogitsEdge];

    /// <summary>Number of logits.</summary>
    public int Classes => Logits.Length;

    /// <summary>Bytes of all weights in their canonical, packed form.</summary>
    public long WeightBytes
    {
        get
        {
            long bytes = 0;
            foreach (IntegerNode node in Nodes)
            {
                bytes += node is ConvolutionNode convolution ? convolution.Weights.Bytes.Length : 0;
            }

            return bytes;
        }
    }

    private static Dictionary<string, string> ToDictionary(IReadOnlyDictionary<string, string>? properties)
    {
        var copy = new Dictionary<string, string>(StringComparer.Ordinal);
        if (properties is not null)
        {
            foreach ((string key, string value) in properties)
            {
                copy.Add(key, value);
            }
        }

        return copy;
    }
}
