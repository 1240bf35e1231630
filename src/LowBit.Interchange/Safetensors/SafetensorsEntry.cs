namespace LowBit.Interchange.Safetensors;

/// <summary>One tensor of a file, described by its header.</summary>
/// <param name="Name">The tensor's name, for example "layer1.0.conv1.weight".</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Lengths, outermost first (row-major); empty for a single number.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="ByteLength">Bytes: elements · bytes per element.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, int[] Shape, long Offset, int ByteLength)
{
    /// <summary>Number of elements.</summary>
    public int Length => ByteLength / SafetensorsFormat.BytesPerElement(Type);

    /// <summary>The shape as text, for example "[16, 3, 3, 3]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
