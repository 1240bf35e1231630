namespace LowBit.Runtime.Models;

/// <summary>The sizes beyond which a model is refused, so that a damaged file cannot ask for absurd memory.</summary>
public static class ModelLimits
{
    /// <summary>Highest number of rows, columns or channels of an edge.</summary>
    public const int Extent = 1 << 20;

    /// <summary>Highest number of codes of one edge, for one image.</summary>
    public const int EdgeLength = 1 << 27;

    /// <summary>Highest number of edges, and of nodes.</summary>
    public const int Count = 1 << 16;

    /// <summary>Highest number of weights of one layer.</summary>
    public const int WeightLength = 1 << 28;

    /// <summary>Highest number of characters of a name or property.</summary>
    public const int TextLength = 1 << 14;
}
