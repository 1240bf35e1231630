namespace LowBit.Runtime.Models;

/// <summary>One operation of an <see cref="IntegerModel"/>. Edges are named by their index in <see cref="IntegerModel.Edges"/>.</summary>
public abstract class IntegerNode
{
    /// <summary>Unique name: the path of the layer in the trained model.</summary>
    public required string Name { get; init; }

    /// <summary>What the node does; also the tag in a file.</summary>
    public abstract NodeKind Kind { get; }

    /// <summary>Edges that the node reads, in the order of its formula.</summary>
    public abstract IReadOnlyList<int> Inputs { get; }

    /// <summary>Edges that the node writes; each edge is written by exactly one node.</summary>
    public abstract IReadOnlyList<int> Outputs { get; }
}
