using LowBit.Interchange.Safetensors;
using LowBit.Kernels.Files;
using LowBit.Nn;

namespace LowBit.Interchange.StateDicts;

/// <summary>
/// Moves weights between PyTorch state dictionaries and modules by name. Convolution weights change between PyTorch's OIHW
/// <c>[out, in, kh, kw]</c> and our OHWI <c>[out, kh, kw, in]</c>; everything else keeps its layout.
/// </summary>
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
        List<NamedTensor> state = StateOf(model);
        var values = new float[state.Count][];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Read(state[i], file);
            names.Add(state[i].Name);
        }

        for (int i = 0; i < values.Length; i++)
        {
            state[i].Tensor.CopyFrom(values[i]);
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
        foreach (NamedTensor named in StateOf(model))
        {
            int[] shape = named.Tensor.Shape.ToArray();
            float[] values = named.Tensor.ToArray();
            if (shape.Length == 4)
            {
                writer.Add(named.Name, [shape[0], shape[3], shape[1], shape[2]], ToOihw(values, shape));
            }
            else
            {
                writer.Add(named.Name, shape, values);
            }
        }

        return writer;
    }

    private static List<NamedTensor> StateOf(Module model)
    {
        var state = new List<NamedTensor>();
        foreach (Parameter parameter in model.Parameters())
        {
            state.Add(new NamedTensor(parameter.Name, parameter.Tensor));
        }

        state.AddRange(model.Buffers());
        return state;
    }

    private static float[] Read(in NamedTensor target, SafetensorsReader file)
    {
        SafetensorsEntry entry = file.Find(target.Name);
        int[] shape = target.Tensor.Shape.ToArray();
        int[] expected = shape.Length == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape;
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

        return shape.Length == 4 ? ToOhwi(values, shape) : values;
    }

    private static float[] ToOhwi(float[] oihw, int[] shape)
    {
        (int rows, int columns, int channels) = (shape[1], shape[2], shape[3]);
        var ohwi = new float[oihw.Length];
        int to = 0;
        for (int o = 0; o < shape[0]; o++)
        {
            for (int p = 0; p < rows * columns; p++)
            {
                for (int i = 0; i < channels; i++)
                {
                    ohwi[to++] = oihw[(((o * channels) + i) * rows * columns) + p];
                }
            }
        }

        return ohwi;
    }

    private static float[] ToOihw(float[] ohwi, int[] shape)
    {
        (int rows, int columns, int channels) = (shape[1], shape[2], shape[3]);
        var oihw = new float[ohwi.Length];
        int from = 0;
        for (int o = 0; o < shape[0]; o++)
        {
            for (int p = 0; p < rows * columns; p++)
            {
                for (int i = 0; i < channels; i++)
                {
                    oihw[(((o * channels) + i) * rows * columns) + p] = ohwi[from++];
                }
            }
        }

        return oihw;
    }
}
