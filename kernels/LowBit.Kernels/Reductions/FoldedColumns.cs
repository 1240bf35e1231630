namespace LowBit.Kernels.Reductions;

/// <summary>
/// A matrix <c>[rows, channels]</c> read as fewer, wider rows: <c>Fold</c> neighbouring rows are one row of
/// <c>Width = Fold · channels</c> columns, so that few channels fill whole vectors. The last wide row may be shorter.
/// Blocks of wide rows are the fixed partition of every sum over rows, the same for all widths of vectors and numbers of threads.
/// </summary>
internal readonly struct FoldedColumns
{
    private const int ElementsPerBlock = 32 * 1024;
    private const int LeastRowsPerBlock = 32;

    public FoldedColumns(int rows, int channels)
    {
        Channels = channels;
        Fold = FoldOf(channels);
        Width = Fold * channels;
        Count = (long)rows * channels;
        RowsPerBlock = Math.Max(ElementsPerBlock / Width, LeastRowsPerBlock);
        long wideRows = (Count + Width - 1) / Width;
        BlockCount = checked((int)((wideRows + RowsPerBlock - 1) / RowsPerBlock));
    }

    public int Channels { get; }

    public int Fold { get; }

    public int Width { get; }

    /// <summary>Elements in all.</summary>
    public long Count { get; }

    public int RowsPerBlock { get; }

    public int BlockCount { get; }

    /// <summary>The first element of a block.</summary>
    public nuint Begin(int block) => (nuint)block * (nuint)RowsPerBlock * (nuint)Width;

    /// <summary>The element after a block's last.</summary>
    public nuint End(int block) => nuint.Min(Begin(block + 1), (nuint)Count);

    /// <summary>Samples of one column in one block.</summary>
    public int Samples(int block, int column)
    {
        int elements = (int)(End(block) - Begin(block));
        return (elements / Width) + (column < elements % Width ? 1 : 0);
    }

    /// <summary>Writes <c>Fold</c> copies of one value per channel.</summary>
    public unsafe void Replicate(ReadOnlySpan<float> channels, float* columns)
    {
        for (int f = 0; f < Fold; f++)
        {
            channels[..Channels].CopyTo(new Span<float>(columns + (f * Channels), Channels));
        }
    }

    private static int FoldOf(int channels)
    {
        if (channels >= 256)
        {
            return 1;
        }

        int fold = 1;
        while (fold * channels < 64 || (fold * channels % 16 != 0))
        {
            fold++;
        }

        return fold;
    }
}
