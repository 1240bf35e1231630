using System.Buffers.Binary;
using LowBit.Kernels.Files;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Files;

/// <summary>
/// Reads <c>.lbq</c> files without trusting them: magic, version, lengths, checksums, then every count, offset, width and multiplier
/// before memory is taken for it. Whatever is wrong ends in one <see cref="LowBitFormatException"/>.
/// </summary>
public static class LbqReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LowBitFormatException">The content is not a valid model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IntegerModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        if (stream.Length > LbqLayout.FileLimit)
        {
            throw new LowBitFormatException(path, "file", 0, $"{stream.Length} bytes exceed the limit of {LbqLayout.FileLimit} for a model");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return Read(content, path);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="content">All bytes.</param>
    /// <param name="file">What errors call the source.</param>
    /// <exception cref="LowBitFormatException">The content is not a valid model.</exception>
    public static IntegerModel Read(ReadOnlySpan<byte> content, string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckHeader(content, file);
        Span<Range> sections = stackalloc Range[LbqLayout.SectionCount];
        ReadSections(content, file, sections);
        var text = Cursor(content, file, sections, 0);
        string name = text.Text("name", ModelLimits.TextLength);
        string[] classNames = ReadClassNames(ref text);
        Dictionary<string, string> properties = ReadProperties(ref text);
        text.End();
        var cursor = Cursor(content, file, sections, 1);
        List<IntegerEdge> edges = ReadEdges(ref cursor);
        cursor.End();
        long nodesOffset = sections[2].Start.Value;
        var nodeReader = new LbqNodeReader(Cursor(content, file, sections, 2), content[sections[3]], edges);
        List<IntegerNode> nodes = nodeReader.ReadAll();
        try
        {
            return new IntegerModel(name, edges, nodes, classNames, properties);
        }
        catch (ArgumentException error)
        {
            throw new LowBitFormatException(file, "nodes", nodesOffset, error.Message, error);
        }
    }

    private static ByteCursor Cursor(ReadOnlySpan<byte> content, string file, ReadOnlySpan<Range> sections, int index)
        => new(content[sections[index]], file, LbqLayout.SectionName(index), sections[index].Start.Value);

    private static void CheckHeader(ReadOnlySpan<byte> content, string file)
    {
        ReadOnlySpan<byte> magic = LbqLayout.Magic;
        if (content.Length < magic.Length || !content[..magic.Length].SequenceEqual(magic))
        {
            throw new LowBitFormatException(file, "header.magic", 0, "this is not an .lbq model, or a transfer in text mode changed its bytes");
        }

        if (content.Length < LbqLayout.HeaderLength + LbqLayout.TableLength)
        {
            throw new LowBitFormatException(file, "header", 0, $"the file ends after {content.Length} bytes, within its header; it is truncated");
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(content[8..]);
        if (version != LbqLayout.Version)
        {
            throw new LowBitFormatException(
                file, "header.version", 8, $"version {version} is unknown; this program reads version {LbqLayout.Version}, so export the model again or update the program");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(content[28..]) != Checksum.Crc32C(content[..28]))
        {
            throw new LowBitFormatException(file, "header.checksum", 28, "the header does not match its checksum; the file is damaged");
        }

        uint count = BinaryPrimitives.ReadUInt32LittleEndian(content[12..]);
        if (count != LbqLayout.SectionCount)
        {
            throw new LowBitFormatException(file, "header.sections", 12, $"{count} sections instead of {LbqLayout.SectionCount}");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(content[16..]);
        if (length != content.Length)
        {
            throw new LowBitFormatException(file, "header.length", 16, $"the file should have {length} bytes and has {content.Length}; it is truncated or extended");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(content[24..]) != Checksum.Crc32C(content.Slice(LbqLayout.HeaderLength, LbqLayout.TableLength)))
        {
            throw new LowBitFormatException(file, "header.tableChecksum", 24, "the section table does not match its checksum; the file is damaged");
        }
    }

    private static void ReadSections(ReadOnlySpan<byte> content, string file, Span<Range> sections)
    {
        long end = LbqLayout.HeaderLength + LbqLayout.TableLength;
        for (int i = 0; i < sections.Length; i++)
        {
            int at = LbqLayout.HeaderLength + (i * LbqLayout.SectionEntryLength);
            ReadOnlySpan<byte> entry = content.Slice(at, LbqLayout.SectionEntryLength);
            string field = $"sections[{i}]";
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(entry[8..]);
            long length = BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);
            if (kind != i + 1 || BinaryPrimitives.ReadInt64LittleEndian(entry[24..]) != 0)
            {
                throw new LowBitFormatException(file, $"{field}.kind", at, $"kind {kind} instead of {i + 1}, or a reserved field is not zero");
            }

            if (offset != LbqLayout.Align(end) || length < 0 || length > content.Length - offset)
            {
                throw new LowBitFormatException(
                    file, $"{field}.offset", at + 8, $"{length} bytes at {offset} do not follow the section before, or leave the file of {content.Length} bytes");
            }

            if (content[(int)end..(int)offset].ContainsAnyExcept((byte)0))
            {
                throw new LowBitFormatException(file, $"{field}.padding", end, "bytes between sections are not zero; the file is damaged");
            }

            sections[i] = (int)offset..(int)(offset + length);
            end = offset + length;
            if (Checksum.Crc32C(content[sections[i]]) != checksum)
            {
                throw new LowBitFormatException(
                    file, $"{field}.checksum", at + 4, $"the section '{LbqLayout.SectionName(i)}' at {offset} does not match its checksum; the file is damaged");
            }
        }

        if (end != content.Length)
        {
            throw new LowBitFormatException(file, "sections", end, $"{content.Length - end} bytes follow the last section; the file is damaged");
        }
    }

    private static string[] ReadClassNames(ref ByteCursor cursor)
    {
        var names = new string[cursor.Count("classNames", ModelLimits.Extent, 4)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = cursor.Text("className", ModelLimits.TextLength);
        }

        return names;
    }

    private static Dictionary<string, string> ReadProperties(ref ByteCursor cursor)
    {
        int count = cursor.Count("properties", ModelLimits.Count, 8);
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        string last = "";
        for (int i = 0; i < count; i++)
        {
            string key = cursor.Text("property", ModelLimits.TextLength);
            if (string.CompareOrdinal(key, last) <= 0)
            {
                throw cursor.Broken("property", $"'{key}' does not follow '{last}'; properties are sorted and named once", 0);
            }

            properties.Add(key, cursor.Text("property value", ModelLimits.TextLength));
            last = key;
        }

        return properties;
    }

    private static List<IntegerEdge> ReadEdges(ref ByteCursor cursor)
    {
        int count = cursor.Count("count", ModelLimits.Count, 32);
        var edges = new List<IntegerEdge>(count);
        for (int i = 0; i < count; i++)
        {
            string name = cursor.Text("name", ModelLimits.TextLength);
            int height = cursor.I32("height"), width = cursor.I32("width"), channels = cursor.I32("channels"), bits = cursor.I32("bits");
            var edge = new IntegerEdge(name, height, width, channels, bits, cursor.F64("scale"), cursor.I32("zeroPoint"));
            try
            {
                ModelValidator.CheckEdge(edge);
            }
            catch (ArgumentException error)
            {
                throw cursor.Broken("edge", error.Message, 28);
            }

            edges.Add(edge);
        }

        return edges;
    }
}
