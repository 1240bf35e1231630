namespace LowBit.Data.Readers;

/// <summary>The size of a network's input picture.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Resize">True when pictures of other sizes are resampled; false when they are refused.</param>
public readonly record struct ImageSize(int Height, int Width, int Channels, bool Resize = false)
{
    /// <summary>Bytes of one picture.</summary>
    public int Length => Height * Width * Channels;
}
