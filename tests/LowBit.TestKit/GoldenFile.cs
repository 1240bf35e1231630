using System.Buffers.Binary;
using System.Text.Json;

namespace LowBit.TestKit;

/// <summary>A safetensors file of <c>tests/golden</c>: named tensors and one JSON object of parameters per case.</summary>
public sealed class GoldenFile
{
    private readonly Dictionary<string, GoldenTensor> _tensors = [];
    private readonly Dictionary<string, JsonElement> _cases = [];

    private GoldenFile(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                foreach (JsonProperty parameters in entry.Value.EnumerateObject())
                {
                    using JsonDocument inner = JsonDocument.Parse(parameters.Value.GetString()!);
                    _cases.Add(parameters.Name, inner.RootElement.Clone());
                }

                continue;
            }

            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(static e => e.GetInt32())];
            int begin = entry.Value.GetProperty("data_offsets")[0].GetInt32(), end = entry.Value.GetProperty("data_offsets")[1].GetInt32();
            double[] values = Read(entry.Value.GetProperty("dtype").GetString()!, bytes.AsSpan(8 + headerLength + begin, end - begin));
            _tensors.Add(entry.Name, new GoldenTensor(entry.Name, shape, values));
        }
    }

    /// <summary>The names of the cases that have parameters.</summary>
    public IEnumerable<string> Cases => _cases.Keys;

    /// <summary>The names of all tensors.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>A tensor by its full name.</summary>
    public GoldenTensor this[string name] => _tensors.TryGetValue(name, out GoldenTensor? t)
        ? t
        : throw new KeyNotFoundException($"the golden file has no tensor '{name}'; see tests/golden/README.md for how to regenerate it");

    /// <summary>Opens a file of the golden folder.</summary>
    /// <param name="name">File name without folder and extension, for example <c>ops</c>.</param>
    public static GoldenFile Open(string name) => new(Path.Combine(RepositoryPaths.Golden, name + ".safetensors"));

    /// <summary>The parameters of a case.</summary>
    public JsonElement Parameters(string name) => _cases[name];

    /// <summary>True when the file has this tensor.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    private static double[] Read(string kind, ReadOnlySpan<byte> raw)
    {
        int size = kind is "F64" or "I64" ? 8 : 4;
        var values = new double[raw.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> at = raw.Slice(i * size, size);
            values[i] = kind switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(at),
                "F64" => BinaryPrimitives.ReadDoubleLittleEndian(at),
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(at),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(at),
                _ => throw new NotSupportedException($"golden files hold F32, F64, I32 and I64, not {kind}"),
            };
        }

        return values;
    }
}
