using LowBit.Nn;
using LowBit.Nn.Layers;
using LowBit.Tensors;

namespace LowBit.Interchange.StateDicts;

/// <summary>A tensor of a model and how PyTorch's files hold it: of each output's values <c>[h·w, c]</c>, <c>[c, h·w]</c>.</summary>
internal sealed class StateTensor
{
    private readonly int _outputs;
    private readonly int _pixels;
    private readonly int _channels;

    private StateTensor(string name, Tensor values, int flattenedChannels)
    {
        Name = name;
        Values = values;
        int[] shape = values.Shape.ToArray();
        bool isConvolution = shape.Length == 4;
        FileShape = isConvolution ? [shape[0], shape[3], shape[1], shape[2]] : shape;
        _channels = isConvolution ? shape[3] : flattenedChannels;
        _outputs = shape.Length == 0 ? 1 : shape[0];
        _pixels = _channels == 0 ? 0 : values.Length / (_outputs * _channels);
    }

    /// <summary>The name in model and file.</summary>
    public string Name { get; }

    /// <summary>The model's tensor.</summary>
    public Tensor Values { get; }

    /// <summary>Its sizes in a file.</summary>
    public int[] FileShape { get; }

    private bool IsMoved => _pixels > 1 && _channels > 1;

    /// <summary>Every parameter and buffer of a model.</summary>
    public static List<StateTensor> Of(Module model)
    {
        Dictionary<string, int> flattened = FlattenedWeights(model);
        var state = new List<StateTensor>();
        foreach (Parameter parameter in model.Parameters())
        {
            state.Add(new StateTensor(parameter.Name, parameter.Tensor, flattened.GetValueOrDefault(parameter.Name)));
        }

        foreach (NamedTensor buffer in model.Buffers())
        {
            state.Add(new StateTensor(buffer.Name, buffer.Tensor, 0));
        }

        return state;
    }

    /// <summary>The model's values from a file's.</summary>
    public float[] FromFile(float[] values) => IsMoved ? Moved(values, _channels, _pixels) : values;

    /// <summary>A file's values from the model's.</summary>
    public float[] ToFile() => IsMoved ? Moved(Values.ToArray(), _pixels, _channels) : Values.ToArray();

    // Channels of the image that a linear layer reads as one row, by the name of its weights. The rows of h·w·c values end at that layer.
    private static Dictionary<string, int> FlattenedWeights(Module model)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        int channels = 0;
        foreach ((string path, Module module) in model.Modules())
        {
            switch (module)
            {
                case InputQuant input:
                    channels = input.Normalization.Mean.Count;
                    break;
                case Conv2d convolution:
                    channels = convolution.Options.OutChannels;
                    break;
                case Flatten { Channels: { } given }:
                    channels = given;
                    break;
                case Linear linear:
                    if (channels > 0 && linear.Weight.Shape[1] % channels == 0)
                    {
                        found.Add(path.Length == 0 ? "weight" : $"{path}.weight", channels);
                    }

                    channels = 0;
                    break;
                default:
                    break;
            }
        }

        return found;
    }

    // [outputs, rows, columns] to [outputs, columns, rows].
    private float[] Moved(float[] values, int rows, int columns)
    {
        var moved = new float[values.Length];
        int from = 0;
        for (int o = 0; o < _outputs; o++)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++)
                {
                    moved[(((o * columns) + c) * rows) + r] = values[from++];
                }
            }
        }

        return moved;
    }
}
