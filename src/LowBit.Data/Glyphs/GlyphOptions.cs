namespace LowBit.Data.Glyphs;

/// <summary>How a Glyphs set is drawn. The defaults are the set that quickstart and the tests speak of.</summary>
/// <param name="Seed">Decides every image; training and test images are different streams of it.</param>
/// <param name="TrainCount">Training images.</param>
/// <param name="TestCount">Test images.</param>
public sealed record GlyphOptions(ulong Seed = 1, int TrainCount = 12_000, int TestCount = 2_000);
