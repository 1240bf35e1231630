namespace LowBit.Nn.Lowering;

/// <summary>What became of one layer.</summary>
/// <param name="Path">Path of the layer.</param>
/// <param name="Layer">Its kind, such as <c>batch norm</c>.</param>
/// <param name="IsFolded">True when it costs nothing at run time; false when it is an operation of its own.</param>
/// <param name="Detail">Into what it was folded, or why not, with the numbers that matter.</param>
public sealed record FoldEntry(string Path, string Layer, bool IsFolded, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{(Path.Length == 0 ? "(model)" : Path)}: {Layer} {(IsFolded ? "folded" : "kept")}, {Detail}";
}
