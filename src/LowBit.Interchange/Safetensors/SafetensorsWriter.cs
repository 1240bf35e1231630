using System.Buffers.Binary;
using System.Text.Json;
using LowBit.Kernels.Files;

namespace LowBit.Interchange.Safetensors;

/// <summary>
/// Collects tensors and writes them as one safetensors file, in the order of adding. The header is padded with spaces so that
/// the data start at a multiple of eight bytes.
/// </summary>
public sealed class SafetensorsWriter
{
    private readonly List<(string Name, SafetensorsType Type, int[] Shape, byte[] Bytes)> _tensors = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Adds a pair to the string-to-string map of the header.</summary>
    /// <param name="key">The key; a later value replaces an earlier one.</param>
    /// <param name="value">The value.</param>
    public void SetMetadata(string key, string value) => _metadata[key] = value;

    /// <summary>Adds floats as F32.</summary>
    /// <param name="name">A name not added before.</param>
    /// <param name="shape">Lengths, outermost first.</param>
    /// <param name="values">[shape], row-major.</param>
    /// <exception cref="ArgumentException">The name is taken, or the shape does not fit the values.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        var bytes = new byte[checked(values.Length * 4)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        Add(name, SafetensorsType.Float32, shape, bytes);
    }

    /// <summary>Adds raw little-endian bytes of any element type.</summary>
    /// <param name="name">A name not added before.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Lengths, outermost first.</param>
    /// <param name="bytes">[shape], row-major, little-endian.</param>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the shape does not fit the bytes.</exception>
    public void Add(string name, SafetensorsType type, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        long expected = SafetensorsFormat.BytesPerElement(type);
        foreach (int length in shape)
        {
            expected *= length;
        }

        if (expected != bytes.Length)
        {
            throw new ArgumentException($"tensor {name} of shape [{string.Join(", ", shape.ToArray())}] needs {expected} bytes, got {bytes.Length}", nameof(bytes));
        }

        if (name == SafetensorsFormat.MetadataKey || !_names.Add(name))
        {
            throw new ArgumentException($"the name {name} is reserved or already taken", nameof(name));
        }

        _tensors.Add((name, type, shape.ToArray(), bytes.ToArray()));
    }

    /// <summary>The file as bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] header = Header();
        int padded = (header.Length + 7) / 8 * 8;
        long total = 8L + padded;
        foreach ((_, _, _, byte[] bytes) in _tensors)
        {
            total += bytes.Length;
        }

        var file = new byte[total];
        BinaryPrimitives.WriteInt64LittleEndian(file, padded);
        header.CopyTo(file, 8);
        file.AsSpan(8 + header.Length, padded - header.Length).Fill((byte)' ');
        int at = 8 + padded;
        foreach ((_, _, _, byte[] bytes) in _tensors)
        {
            bytes.CopyTo(file, at);
            at += bytes.Length;
        }

        return file;
    }

    /// <summary>Writes the file under a temporary name, flushes and renames it, so that no reader sees half a file.</summary>
    /// <param name="path">The file to write or replace.</param>
    public void Save(string path) => AtomicFile.Write(path, ToBytes());

    private byte[] Header()
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsFormat.MetadataKey);
                foreach ((string key, string value) in _metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, SafetensorsType type, int[] shape, byte[] bytes) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsFormat.Word(type));
                WriteNumbers(json, "shape", Array.ConvertAll(shape, length => (long)length));
                WriteNumbers(json, "data_offsets", [offset, offset + bytes.Length]);
                json.WriteEndObject();
                offset += bytes.Length;
            }

            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
