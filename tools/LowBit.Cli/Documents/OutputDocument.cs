namespace LowBit.Cli.Documents;

/// <summary>The answer for one image.</summary>
/// <param name="Image">File, or file#record.</param>
/// <param name="Class">Index of the highest logit.</param>
/// <param name="Name">Its name, or the index when the model carries no names.</param>
/// <param name="Logits">The int32 logits.</param>
internal sealed record OutputDocument(string Image, int Class, string Name, IReadOnlyList<int> Logits);
