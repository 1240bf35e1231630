namespace LowBit.Nn.Lowering;

/// <summary>What lowering needs to know besides the model.</summary>
public sealed record LoweringOptions
{
    /// <summary>Image rows, 1 or more.</summary>
    public required int Height { get; init; }

    /// <summary>Image columns, 1 or more.</summary>
    public required int Width { get; init; }

    /// <summary>Image channels, 1 or more.</summary>
    public required int Channels { get; init; }

    /// <summary>What the integer model calls itself.</summary>
    public string Name { get; init; } = "model";

    /// <summary>A name for each class, or empty.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Free notes that travel with the model, such as the policy and the recipe; or null.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }
}
