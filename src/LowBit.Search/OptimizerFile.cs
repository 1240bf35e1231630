using System.Security.Cryptography;
using LowBit.Search.Cma;
using LowBit.Search.Direct;
using LowBit.Search.Restarts;
using LowBit.Search.State;

namespace LowBit.Search;

/// <summary>
/// Saved searches. A file holds the magic "LBSEARCH", a version (int32), the length of the body (int32), its SHA-256, and the body: the kind of
/// optimiser, its options and its state, little-endian.
/// </summary>
public static class OptimizerFile
{
    private const int Version = 2;

    private static ReadOnlySpan<byte> Magic => "LBSEARCH"u8;

    /// <summary>Writes a search under a temporary name, then renames it: a kill at any moment leaves the old or the new file.</summary>
    public static void Save(Optimizer optimizer, string path)
    {
        string temporary = path + ".tmp";
        using (FileStream stream = File.Create(temporary))
        {
            Save(optimizer, stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a search to a stream.</summary>
    public static void Save(Optimizer optimizer, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(stream);
        using var body = new MemoryStream();
        StateArchive archive = StateArchive.To(body);
        archive.Value(optimizer.Kind);
        optimizer.SyncOptions(archive);
        optimizer.SyncState(archive);
        byte[] bytes = body.ToArray();
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(bytes.Length);
        writer.Write(SHA256.HashData(bytes));
        writer.Write(bytes);
    }

    /// <summary>Reads a search that <see cref="Save(Optimizer, string)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is not a saved search, or is damaged.</exception>
    public static Optimizer Load(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Load(stream);
    }

    /// <summary>Reads a search from a stream; it goes on exactly where the saved one stood.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a saved search, or are damaged.</exception>
    public static Optimizer Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw new InvalidDataException("this is not a saved search: it does not begin with LBSEARCH; name a file that Save wrote");
        }

        byte[] bytes;
        try
        {
            int version = reader.ReadInt32();
            if (version != Version)
            {
                throw new InvalidDataException($"the saved search has version {version}, this program reads {Version}; load it with the program that wrote it");
            }

            int length = reader.ReadInt32();
            byte[] hash = reader.ReadBytes(SHA256.HashSizeInBytes);
            bytes = ReadBody(stream, length);
            if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(hash))
            {
                throw StateArchive.Damaged("its checksum is wrong");
            }
        }
        catch (EndOfStreamException)
        {
            throw StateArchive.Damaged("it ends too early");
        }

        using var body = new MemoryStream(bytes);
        return Read(StateArchive.From(body));
    }

    /// <summary>Reads in pieces, so that a damaged length allocates no more than the stream holds.</summary>
    private static byte[] ReadBody(Stream stream, int length)
    {
        using var body = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        while (body.Length < length)
        {
            int count = stream.Read(piece, 0, (int)Math.Min(piece.Length, length - body.Length));
            if (count == 0)
            {
                throw new EndOfStreamException();
            }

            body.Write(piece, 0, count);
        }

        return body.ToArray();
    }

    private static Optimizer Read(StateArchive archive)
    {
        string kind = archive.Value("");
        try
        {
            Optimizer optimizer = kind switch
            {
                CmaEs.KindName => new CmaEs(CmaOptions.Sync(archive, null)),
                LmMaEs.KindName => new LmMaEs(LmMaOptions.Sync(archive, null)),
                OnePlusOneCma.KindName => new OnePlusOneCma(EvolutionOptions.Sync(archive, null)),
                RestartingCma.KindName => new RestartingCma(RestartOptions.Sync(archive, null)),
                Powell.KindName => new Powell(DirectOptions.Sync(archive, null)),
                CoordinateSearch.KindName => new CoordinateSearch(DirectOptions.Sync(archive, null)),
                _ => throw StateArchive.Damaged($"'{kind}' is no kind of optimiser"),
            };
            optimizer.SyncState(archive);
            return optimizer;
        }
        catch (ArgumentException error)
        {
            throw StateArchive.Damaged($"its options do not fit together ({error.Message})");
        }
    }
}
