using LowBit.Kernels.Threading;

namespace LowBit.Kernels.FakeQuantization;

/// <summary>
/// The fixed partition of a fake-quantization: long channels are cut into pieces, short channels are grouped. Piece p of
/// channel c covers <c>[p·PieceLength, …)</c> of it.
/// </summary>
internal readonly struct FakeQuantChunks
{
    public FakeQuantChunks(in FakeQuantShape shape)
    {
        Inner = shape.Inner;
        Pieces = Launcher.ChunkCount(shape.Inner, Launcher.ElementsPerChunk);
        PieceCount = checked(Pieces * shape.Channels);
        PiecesPerChunk = Pieces > 1 ? 1 : Math.Max(1, Launcher.ElementsPerChunk / Math.Max(shape.Inner, 1));
    }

    public int Inner { get; }

    /// <summary>Pieces of one channel.</summary>
    public int Pieces { get; }

    /// <summary>Pieces of all channels.</summary>
    public int PieceCount { get; }

    public int PiecesPerChunk { get; }

    public int ChunkCount => Launcher.ChunkCount(PieceCount, PiecesPerChunk);

    public int Channel(int piece) => piece / Pieces;

    public nuint Begin(int piece)
        => ((nuint)Channel(piece) * (nuint)Inner) + ((nuint)(piece % Pieces) * Launcher.ElementsPerChunk);

    public nuint End(int piece)
        => nuint.Min(Begin(piece) + Launcher.ElementsPerChunk, (nuint)(Channel(piece) + 1) * (nuint)Inner);
}
