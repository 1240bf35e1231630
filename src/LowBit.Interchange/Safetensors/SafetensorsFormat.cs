namespace LowBit.Interchange.Safetensors;

/// <summary>Names and sizes of the format, in one place for reader and writer.</summary>
internal static class SafetensorsFormat
{
    /// <summary>The format's own limit of the header, in bytes.</summary>
    public const long MaximumHeaderBytes = 100_000_000;

    /// <summary>The key of the string-to-string map.</summary>
    public const string MetadataKey = "__metadata__";

    private static readonly (string Word, SafetensorsType Type, int Bytes)[] s_types =
    [
        ("F32", SafetensorsType.Float32, 4),
        ("F16", SafetensorsType.Float16, 2),
        ("BF16", SafetensorsType.BFloat16, 2),
        ("F64", SafetensorsType.Float64, 8),
        ("I8", SafetensorsType.Int8, 1),
        ("U8", SafetensorsType.UInt8, 1),
        ("I16", SafetensorsType.Int16, 2),
        ("I32", SafetensorsType.Int32, 4),
        ("I64", SafetensorsType.Int64, 8),
        ("BOOL", SafetensorsType.Boolean, 1),
    ];

    public static int BytesPerElement(SafetensorsType type) => Row(type).Bytes;

    public static string Word(SafetensorsType type) => Row(type).Word;

    public static bool TryParse(string? word, out SafetensorsType type)
    {
        foreach ((string known, SafetensorsType value, _) in s_types)
        {
            if (known == word)
            {
                type = value;
                return true;
            }
        }

        type = default;
        return false;
    }

    private static (string Word, SafetensorsType Type, int Bytes) Row(SafetensorsType type)
    {
        foreach ((string Word, SafetensorsType Type, int Bytes) row in s_types)
        {
            if (row.Type == type)
            {
                return row;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type of safetensors");
    }
}
