using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Collects, for each group of a layer, what AdaRound needs of randomly chosen output positions: the inputs under the kernel and the float model's
/// outputs. As many positions of each image as fit into the number asked for.
/// </summary>
internal sealed class PositionSampler
{
    // 64 MiB of inputs at most, whatever the layer.
    private const int MostInputs = 1 << 24;

    private readonly LayerSite _site;
    private readonly PhiloxKey _key;
    private readonly int _mostPositions;
    private readonly int _images;
    private readonly int _length;
    private float[] _input = [];
    private float[] _output = [];
    private ulong _drawn;

    public PositionSampler(LayerSite site, int images, AdaRoundOptions options, ulong layer)
    {
        _site = site;
        _images = images;
        _key = new PhiloxKey(options.Seed, layer);
        _length = site.Weight.Length / site.OutChannels;
        _mostPositions = Math.Max(Math.Min(options.Positions, MostInputs / (_length * site.Groups)), 1);
        Inputs = [.. Enumerable.Range(0, site.Groups).Select(_ => new List<float>())];
    }

    /// <summary>Rows of K values, by group.</summary>
    public List<float>[] Inputs { get; }

    /// <summary>Rows of one value for each output channel of the layer, before batch norm.</summary>
    public List<float> Outputs { get; } = [];

    /// <summary>Rows.</summary>
    public int Positions { get; private set; }

    /// <summary>Takes positions of a batch.</summary>
    /// <param name="input">The quantized layer's input.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="output">The float layer's output for the same images.</param>
    public void Take(float[] input, Shape shape, float[] output)
    {
        (_input, _output) = (input, output);
        int count = shape[0], area = output.Length / count / _site.OutChannels;
        int each = Math.Clamp(_mostPositions / _images, 1, area);
        for (int n = 0; n < count && Positions < _mostPositions; n++)
        {
            for (int k = 0; k < each; k++)
            {
                // Every position where all are wanted, else drawn ones.
                int position = each == area ? k : Philox.Below(_key, _drawn++, area);
                Add(n, position, shape, area);
            }
        }
    }

    private void Add(int image, int position, Shape input, int area)
    {
        Outputs.AddRange(_output.AsSpan(((image * area) + position) * _site.OutChannels, _site.OutChannels));
        Positions++;
        if (_site.Layer is not Conv2d conv)
        {
            Inputs[0].AddRange(_input.AsSpan(image * _length, _length));
            return;
        }

        ConvOptions options = conv.Options;
        (int height, int width, int channels) = (input[1], input[2], input[3]);
        int outWidth = ((width + (2 * options.Padding) - options.Kernel) / options.Stride) + 1;
        int top = (position / outWidth * options.Stride) - options.Padding, left = (position % outWidth * options.Stride) - options.Padding;
        int groupChannels = channels / options.Groups;
        ReadOnlySpan<float> zeros = new float[groupChannels];
        for (int g = 0; g < options.Groups; g++)
        {
            for (int y = top; y < top + options.Kernel; y++)
            {
                for (int x = left; x < left + options.Kernel; x++)
                {
                    bool isInside = y >= 0 && y < height && x >= 0 && x < width;
                    int at = (((((image * height) + y) * width) + x) * channels) + (g * groupChannels);
                    Inputs[g].AddRange(isInside ? _input.AsSpan(at, groupChannels) : zeros);
                }
            }
        }
    }
}
