namespace LowBit.Interchange.Safetensors;

/// <summary>Element types of the safetensors format that are read and written here.</summary>
public enum SafetensorsType
{
    /// <summary>IEEE 754 binary32, "F32".</summary>
    Float32,

    /// <summary>IEEE 754 binary16, "F16".</summary>
    Float16,

    /// <summary>The upper half of binary32, "BF16".</summary>
    BFloat16,

    /// <summary>IEEE 754 binary64, "F64".</summary>
    Float64,

    /// <summary>8-bit signed, "I8".</summary>
    Int8,

    /// <summary>8-bit unsigned, "U8"; also carries packed codes of fewer bits.</summary>
    UInt8,

    /// <summary>16-bit signed, "I16".</summary>
    Int16,

    /// <summary>32-bit signed, "I32".</summary>
    Int32,

    /// <summary>64-bit signed, "I64".</summary>
    Int64,

    /// <summary>One byte, 0 or 1, "BOOL".</summary>
    Boolean,
}
