using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using LowBit.Kernels.Files;

namespace LowBit.Interchange.Safetensors;

/// <summary>
/// Reads safetensors: a little-endian 64-bit header length, a JSON header, then the tensors' bytes without holes. Every length
/// and offset is checked against the file before anything is allocated; tensors are read when asked for.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private readonly string _file;
    private readonly Stream _stream;
    private readonly Dictionary<string, SafetensorsEntry> _byName = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsReader(string file, Stream stream)
    {
        _file = file;
        _stream = stream;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>The string-to-string map of the header; empty when there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The file's path or name, for messages.</summary>
    public string File => _file;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LowBitFormatException">The file is truncated or its header is not valid.</exception>
    public static SafetensorsReader Open(string path)
        => ReadHeader(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read));

    /// <summary>Reads a file in memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="bytes">The file's content; not copied.</param>
    /// <exception cref="LowBitFormatException">The content is truncated or its header is not valid.</exception>
    public static SafetensorsReader FromBytes(string name, byte[] bytes) => ReadHeader(name, new MemoryStream(bytes, writable: false));

    /// <summary>True when the file holds a tensor of that name.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="entry">Its description.</param>
    public bool TryFind(string name, out SafetensorsEntry entry) => _byName.TryGetValue(name, out entry!);

    /// <summary>The description of a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="LowBitFormatException">The file holds no such tensor.</exception>
    public SafetensorsEntry Find(string name)
        => _byName.TryGetValue(name, out SafetensorsEntry? entry)
            ? entry
            : throw new LowBitFormatException(_file, name, 8, $"the file holds no tensor of this name; it holds {_entries.Count} others");

    /// <summary>The raw bytes of a tensor, little-endian, row-major.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    public byte[] ReadBytes(SafetensorsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var bytes = new byte[entry.ByteLength];
        _stream.Position = entry.Offset;
        int got = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return got == bytes.Length
            ? bytes
            : throw new LowBitFormatException(_file, entry.Name, entry.Offset, $"the file ends after {got} of {bytes.Length} bytes; it was shortened while open");
    }

    /// <summary>A tensor as floats: F32 as it is, F16 and BF16 exactly, F64 and integers rounded to nearest even.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <returns>[shape], row-major.</returns>
    public float[] ReadFloats(SafetensorsEntry entry)
    {
        byte[] bytes = ReadBytes(entry);
        var values = new float[entry.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = entry.Type switch
            {
                SafetensorsType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i)),
                SafetensorsType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(2 * i)),
                SafetensorsType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)) << 16),
                SafetensorsType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 * i)),
                SafetensorsType.Int8 => (sbyte)bytes[i],
                SafetensorsType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)),
                SafetensorsType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i)),
                SafetensorsType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8 * i)),
                _ => bytes[i],
            };
        }

        return values;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static SafetensorsReader ReadHeader(string file, Stream stream)
    {
        var reader = new SafetensorsReader(file, stream);
        try
        {
            reader.ReadHeader();
            return reader;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private void ReadHeader()
    {
        long fileLength = _stream.Length;
        Span<byte> number = stackalloc byte[8];
        if (_stream.ReadAtLeast(number, 8, throwOnEndOfStream: false) < 8)
        {
            throw new LowBitFormatException(_file, "header length", 0, $"the file has {fileLength} bytes, a safetensors file has 8 at least");
        }

        ulong announced = BinaryPrimitives.ReadUInt64LittleEndian(number);
        if (announced > (ulong)(fileLength - 8) || announced > SafetensorsFormat.MaximumHeaderBytes || announced < 2)
        {
            throw new LowBitFormatException(_file, "header length", 0, $"{announced} bytes are announced, {fileLength - 8} follow; the file is truncated or not safetensors");
        }

        var header = new byte[announced];
        _stream.ReadExactly(header);
        long dataStart = 8 + (long)announced;
        try
        {
            ParseHeader(header, dataStart, fileLength);
        }
        catch (JsonException failure)
        {
            throw new LowBitFormatException(_file, "header", 8 + (failure.BytePositionInLine ?? 0), "the header is not valid JSON");
        }

        CheckCoverage(dataStart, fileLength);
    }

    private void ParseHeader(byte[] header, long dataStart, long fileLength)
    {
        using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new LowBitFormatException(_file, "header", 8, "the header is no JSON object");
        }

        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            string name = NameOf(property);
            if (name == SafetensorsFormat.MetadataKey)
            {
                ReadMetadata(property.Value);
                continue;
            }

            SafetensorsEntry entry = ReadEntry(name, property.Value, dataStart, fileLength);
            if (!_byName.TryAdd(name, entry))
            {
                throw new LowBitFormatException(_file, name, 8, "the name appears twice");
            }

            _entries.Add(entry);
        }

        _entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteLength.CompareTo(b.ByteLength));
    }

    // Escapes that form no valid text are met only when the name is asked for.
    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw new LowBitFormatException(_file, "header", 8, "a name is not valid text");
        }
    }

    private void ReadMetadata(JsonElement map)
    {
        if (map.ValueKind != JsonValueKind.Object)
        {
            throw new LowBitFormatException(_file, SafetensorsFormat.MetadataKey, 8, "it is no JSON object");
        }

        foreach (JsonProperty item in map.EnumerateObject())
        {
            _metadata[NameOf(item)] = Text(item.Value, SafetensorsFormat.MetadataKey);
        }
    }

    private SafetensorsEntry ReadEntry(string name, JsonElement description, long dataStart, long fileLength)
    {
        if (description.ValueKind != JsonValueKind.Object
            || !TryGet(description, name, "dtype", out JsonElement dtype)
            || !TryGet(description, name, "shape", out JsonElement shape)
            || !TryGet(description, name, "data_offsets", out JsonElement offsets))
        {
            throw new LowBitFormatException(_file, name, 8, "the description lacks dtype, shape or data_offsets");
        }

        string word = Text(dtype, name);
        if (!SafetensorsFormat.TryParse(word, out SafetensorsType type))
        {
            throw new LowBitFormatException(_file, name, 8, $"element type {Shortened(word)} is not supported");
        }

        long[] lengths = Numbers(shape, name, "shape", 8);
        long[] range = Numbers(offsets, name, "data_offsets", 2);
        long elements = 1;
        foreach (long length in lengths)
        {
            elements = length > int.MaxValue || elements * length > int.MaxValue ? long.MaxValue : elements * length;
            if (elements == long.MaxValue)
            {
                throw new LowBitFormatException(_file, name, 8, $"shape [{string.Join(", ", lengths)}] has more elements than one array can hold");
            }
        }

        long bytes = elements * SafetensorsFormat.BytesPerElement(type);
        if (range.Length != 2 || range[1] < range[0] || range[1] > fileLength - dataStart || range[1] - range[0] != bytes || bytes > int.MaxValue)
        {
            throw new LowBitFormatException(
                _file, name, 8, $"data_offsets [{string.Join(", ", range)}] do not fit {bytes} bytes of {word} [{string.Join(", ", lengths)}] in a file with {fileLength - dataStart} bytes of data");
        }

        return new SafetensorsEntry(name, type, Array.ConvertAll(lengths, length => (int)length), dataStart + range[0], (int)bytes);
    }

    // Names that come before the one asked for are compared, which takes their escapes apart.
    private bool TryGet(JsonElement description, string name, string key, out JsonElement value)
    {
        try
        {
            return description.TryGetProperty(key, out value);
        }
        catch (InvalidOperationException)
        {
            throw new LowBitFormatException(_file, name, 8, "a name in its description is not valid text");
        }
    }

    private string Text(JsonElement element, string field)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String
                ? element.GetString()!
                : throw new LowBitFormatException(_file, field, 8, "a text is expected");
        }
        catch (InvalidOperationException)
        {
            throw new LowBitFormatException(_file, field, 8, "a text holds invalid characters");
        }
    }

    private static string Shortened(string text) => text.Length <= 20 ? text : text[..20] + "…";

    private long[] Numbers(JsonElement array, string name, string field, int most)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > most)
        {
            throw new LowBitFormatException(_file, name, 8, $"{field} is no list of at most {most} numbers");
        }

        var numbers = new long[array.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            JsonElement item = array[i];
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i]) || numbers[i] < 0)
            {
                throw new LowBitFormatException(_file, name, 8, $"{field} holds something that is no whole number from 0 upwards");
            }
        }

        return numbers;
    }

    // The format forbids holes and overlaps: they could hide data or make two tensors one.
    private void CheckCoverage(long dataStart, long fileLength)
    {
        long end = dataStart;
        foreach (SafetensorsEntry entry in CollectionsMarshal.AsSpan(_entries))
        {
            if (entry.Offset != end)
            {
                throw new LowBitFormatException(_file, entry.Name, entry.Offset, $"the tensor starts at byte {entry.Offset}, the one before ends at {end}");
            }

            end += entry.ByteLength;
        }

        if (end != fileLength)
        {
            throw new LowBitFormatException(_file, "end", end, $"{fileLength - end} bytes belong to no tensor");
        }
    }
}
