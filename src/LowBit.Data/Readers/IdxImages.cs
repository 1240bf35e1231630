namespace LowBit.Data.Readers;

/// <summary>The content of an idx3 file of bytes.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Pixels">[count, height, width], gray.</param>
public sealed record IdxImages(int Count, int Height, int Width, byte[] Pixels);
