namespace LowBit.Runtime.Files;

/// <summary>The fixed numbers of the <c>.lbq</c> format; <c>docs/lbq-format.md</c> is the description.</summary>
internal static class LbqLayout
{
    public const uint Version = 1;

    // Header: magic, version, number of sections, file length, CRC of the section table, CRC of the header before it.
    public const int HeaderLength = 32;
    public const int SectionEntryLength = 32;
    public const int SectionCount = 4;
    public const int TableLength = SectionCount * SectionEntryLength;

    // Sections and weight blobs start at multiples of this, so that a reader may map them.
    public const int Alignment = 64;

    // The format's limit is the model's; this one keeps a reader from loading something that cannot be a model.
    public const long FileLimit = 1L << 30;

    // Like PNG's: a byte that is not text, the name, both line ends and an end-of-file sign reveal a text-mode transfer.
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'L', (byte)'B', (byte)'Q', 0x0D, 0x0A, 0x1A, 0x0A];

    public static string SectionName(int index) => index switch
    {
        0 => "text",
        1 => "edges",
        2 => "nodes",
        _ => "weights",
    };

    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;
}
