using System.Runtime.InteropServices;
using LowBit.Interchange.Safetensors;
using LowBit.Kernels.Files;
using LowBit.Nn;

namespace LowBit.Interchange.StateDicts;

/// <summary>
/// Moves weights between PyTorch state dictionaries and modules by name. Convolution weights change between PyTorch's OIHW
/// <c>[out, in, kh, kw]</c> and our OHWI <c>[out, kh, kw, in]</c>; a linear layer that reads a flattened image changes between <c>[out, c·h·w]</c>
/// and <c>[out, h·w·c]</c>; everything else keeps its layout.
/// </summary>
/// <remarks>
/// A linear layer reads a flattened image when it is the first one behind a convolution, an input edge or a <see cref="LowBit.Nn.Layers.Flatten"/> that says its
/// channels, in the order in which the modules are registered, and has several times as many inputs as the image has channels.
/// </remarks>
public static class StateDict
{
    private const string Unused = "num_batches_tracked";

    /// <summary>Copies every parameter and buffer of a model from a file.</summary>
    /// <param name="model">A float model with PyTorch's names; unchanged when the file does not fit.</param>
    /// <param name="file">The state dictionary.</param>
    /// <returns>Names in the file that the model does not have (batch counters are not listed).</returns>
    /// <exception cref="LowBitFormatException">A tensor is missing, has another shape, or holds NaN or infinity.</exception>
    public static IReadOnlyList<string> Load(Module model, SafetensorsReader file)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(file);
        List<StateTensor> state = StateTensor.Of(model);
        var values = new float[state.Count][];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(state[i], file);
            names.Add(state[i].Name);
        }

        for (int i = 0; i < values.Length; i++)
        {
            state[i].Values.CopyFrom(values[i]);
        }

        var left = new List<string>();
        foreach (SafetensorsEntry entry in file.Entries)
        {
            if (!names.Contains(entry.Name) && !entry.Name.EndsWith(Unused, StringComparison.Ordinal))
            {
                left.Add(entry.Name);
            }
        }

        return left;
    }

    /// <summary>Collects every parameter and buffer of a model in PyTorch's layout, ready to be saved.</summary>
    /// <param name="model">The model.</param>
    public static SafetensorsWriter Save(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var writer = new SafetensorsWriter();
        writer.SetMetadata("format", "pt");
        foreach (StateTensor tensor in StateTensor.Of(model))
        {
            writer.Add(tensor.Name, tensor.FileShape, tensor.ToFile());
        }

        return writer;
    }

    /// <summary>Compares a file, bit by bit, with what <see cref="Save"/> collects from a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">The state dictionary.</param>
    /// <returns>The name of the first tensor that is missing, superfluous, or has another type, shape or value; null when there is none.</returns>
    public static string? FirstDifference(Module model, SafetensorsReader file)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(file);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (StateTensor tensor in StateTensor.Of(model))
        {
            names.Add(tensor.Name);
            if (!file.TryFind(tensor.Name, out SafetensorsEntry entry)
                || entry.Type != SafetensorsType.Float32
                || !entry.Shape.AsSpan().SequenceEqual(tensor.FileShape)
                || !MemoryMarshal.AsBytes<float>(file.ReadFloats(entry)).SequenceEqual(MemoryMarshal.AsBytes<float>(tensor.ToFile())))
            {
                return tensor.Name;
            }
        }

        foreach (SafetensorsEntry entry in file.Entries)
        {
            if (!names.Contains(entry.Name))
            {
                return entry.Name;
            }
        }

        return null;
    }

    private static float[] Read(StateTensor target, SafetensorsReader file)
    {
        SafetensorsEntry entry = file.Find(target.Name);
        int[] expected = target.FileShape;
        if (!entry.Shape.AsSpan().SequenceEqual(expected))
        {
            throw new LowBitFormatException(
                file.File, target.Name, entry.Offset, $"the tensor has shape {entry.ShapeText}, the model needs [{string.Join(", ", expected)}]; it belongs to another model");
        }

        float[] values = file.ReadFloats(entry);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new LowBitFormatException(file.File, target.Name, entry.Offset, $"the tensor holds {value}; weights must be finite");
            }
        }

        return target.FromFile(values);
    }
}
