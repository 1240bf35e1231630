namespace LowBit.Kernels.Arenas;

/// <summary>A range of a <see cref="NativeArena"/>.</summary>
/// <param name="Offset">First byte, a multiple of <see cref="NativeArena.Alignment"/> for operands of kernels.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct ArenaRange(long Offset, long Length)
{
    /// <summary>The first byte after the range.</summary>
    public long End => Offset + Length;

    /// <summary>True when the two ranges share a byte.</summary>
    /// <param name="other">The other range.</param>
    public bool Overlaps(ArenaRange other) => Offset < other.End && other.Offset < End;
}
