using System.Buffers.Binary;
using System.Text.Json;
using LowBit.Kernels.Files;
using LowBit.Nn.Recipes;
using LowBit.Tensors;

namespace LowBit.Nn.Checkpoints;

/// <summary>
/// The <c>.lbc</c> file, little-endian: magic <c>LBCHKPT1</c>, file length (u64), CRC-32C of everything behind it (u32), length of
/// the header (u32), header (JSON, UTF-8), then the tensors (float32) in the header's order without gaps.
/// </summary>
/// <remarks>Written to a temporary file, flushed, renamed: a reader sees the old or the new checkpoint, never half of one.</remarks>
public static class CheckpointFile
{
    /// <summary>The file name extension.</summary>
    public const string Extension = ".lbc";

    private const int Preamble = 24;
    private const int LargestHeader = 16 << 20;
    private const long LargestFile = 1L << 31;

    private static ReadOnlySpan<byte> Magic => "LBCHKPT1"u8;

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The target; replaced at the end, its folder must exist.</param>
    /// <param name="checkpoint">What to write.</param>
    /// <exception cref="IOException">The file cannot be written; the old one, if any, is as it was.</exception>
    public static void Write(string path, Checkpoint checkpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(checkpoint);
        AtomicFile.Write(path, ToBytes(checkpoint));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LowBitFormatException">The file is damaged or no checkpoint; the message names field and offset.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Checkpoint Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        if (length is < Preamble or >= LargestFile)
        {
            throw new LowBitFormatException(path, "length", 0, $"a checkpoint has {Preamble} to {LargestFile - 1} bytes, this file has {length}; it is cut or no checkpoint");
        }

        return Parse(File.ReadAllBytes(path), path);
    }

    internal static byte[] ToBytes(Checkpoint checkpoint)
    {
        var entries = new List<CheckpointEntry>();
        long offset = 0;
        foreach ((string name, CheckpointTensor tensor) in checkpoint.Tensors)
        {
            entries.Add(new CheckpointEntry { Name = name, Shape = tensor.Shape.ToArray(), Offset = offset });
            offset += tensor.Data.LongLength * sizeof(float);
        }

        var header = new CheckpointHeader
        {
            Recipe = checkpoint.Recipe,
            Data = checkpoint.Data,
            Position = checkpoint.Position,
            OptimiserSteps = checkpoint.OptimiserSteps,
            Teacher = checkpoint.Teacher,
            Tensors = [.. entries],
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, RecipeJson.Default.CheckpointHeader);
        byte[] bytes = new byte[checked((int)(Preamble + json.Length + offset))];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), (uint)json.Length);
        json.CopyTo(bytes, Preamble);
        int at = Preamble + json.Length;
        foreach (CheckpointTensor tensor in checkpoint.Tensors.Values)
        {
            for (int i = 0; i < tensor.Data.Length; i++, at += sizeof(float))
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), tensor.Data[i]);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Checksum.Crc32C(bytes.AsSpan(20)));
        return bytes;
    }

    internal static Checkpoint Parse(byte[] bytes, string source)
    {
        ReadOnlySpan<byte> all = bytes;
        if (all.Length < Preamble || !all[..8].SequenceEqual(Magic))
        {
            throw new LowBitFormatException(source, "magic", 0, "this is no LowBit checkpoint; expected the letters LBCHKPT1");
        }

        ulong declared = BinaryPrimitives.ReadUInt64LittleEndian(all[8..]);
        if (declared != (ulong)all.Length)
        {
            throw new LowBitFormatException(source, "length", 8, $"the file says {declared} bytes and has {all.Length}; it was cut or extended, copy it again");
        }

        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(all[16..]);
        if (crc != Checksum.Crc32C(all[20..]))
        {
            throw new LowBitFormatException(source, "checksum", 16, "the content does not fit its checksum; the file is damaged, use another checkpoint");
        }

        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(all[20..]);
        if (headerLength > LargestHeader || headerLength > (uint)(all.Length - Preamble))
        {
            throw new LowBitFormatException(source, "header.length", 20, $"the header has {headerLength} bytes, more than the file or than {LargestHeader}");
        }

        CheckpointHeader header = ReadHeader(all.Slice(Preamble, (int)headerLength), source);
        Dictionary<string, CheckpointTensor> tensors = ReadTensors(header, all[(Preamble + (int)headerLength)..], source, Preamble + headerLength);
        return new Checkpoint(tensors)
        {
            Recipe = header.Recipe,
            Data = header.Data,
            Position = header.Position,
            OptimiserSteps = header.OptimiserSteps,
            Teacher = header.Teacher,
        };
    }

    private static CheckpointHeader ReadHeader(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            CheckpointHeader header = JsonSerializer.Deserialize(json, RecipeJson.Default.CheckpointHeader)
                ?? throw new ArgumentException("the header is null");
            header.Recipe?.Validate();
            header.Data?.Validate();
            header.Position?.Validate();
            if (header.Position is { } position && header.Recipe is { } recipe && position.Stage >= (recipe.Quantization?.CountStages() ?? 1))
            {
                throw new ArgumentException($"the position is in stage {position.Stage} of a recipe with {recipe.Quantization?.CountStages() ?? 1} of them");
            }

            ArgumentOutOfRangeException.ThrowIfNegative(header.OptimiserSteps);
            ArgumentNullException.ThrowIfNull(header.Tensors);
            return header;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NullReferenceException)
        {
            throw new LowBitFormatException(source, "header", Preamble, $"the header is not that of a checkpoint of this version: {e.Message}", e);
        }
    }

    private static Dictionary<string, CheckpointTensor> ReadTensors(CheckpointHeader header, ReadOnlySpan<byte> data, string source, long start)
    {
        var tensors = new Dictionary<string, CheckpointTensor>();
        long expected = 0;
        foreach (CheckpointEntry entry in header.Tensors)
        {
            Shape shape = ShapeOf(entry, source);
            long length = (long)shape.Length * sizeof(float);
            if (entry.Offset != expected || length > data.Length - expected)
            {
                throw new LowBitFormatException(
                    source, $"tensor '{entry.Name}'", start + expected, $"offset {entry.Offset} or shape {shape} does not fit the {data.Length} bytes of data");
            }

            var values = new float[shape.Length];
            ReadOnlySpan<byte> raw = data.Slice((int)expected, (int)length);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(raw[(i * sizeof(float))..]);
            }

            if (!tensors.TryAdd(entry.Name, new CheckpointTensor(shape, values)))
            {
                throw new LowBitFormatException(source, $"tensor '{entry.Name}'", start + expected, "the name occurs twice");
            }

            expected += length;
        }

        if (expected != data.Length)
        {
            throw new LowBitFormatException(source, "data", start + expected, $"{data.Length - expected} bytes belong to no tensor");
        }

        return tensors;
    }

    private static Shape ShapeOf(CheckpointEntry? entry, string source)
    {
        if (entry?.Name is null || entry.Shape is null || entry.Shape.Length > 8)
        {
            throw new LowBitFormatException(source, "header.tensors", Preamble, "an entry lacks its name or shape, or has more than 8 dimensions");
        }

        try
        {
            return new Shape(entry.Shape);
        }
        catch (ArgumentException e)
        {
            throw new LowBitFormatException(source, $"tensor '{entry.Name}'", -1, e.Message, e);
        }
    }
}
