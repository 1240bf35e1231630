using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>
/// VGG-7 (2×128C3 - MP2 - 2×256C3 - MP2 - 2×512C3 - MP2 - 1024FC; Li et al. 2016, arXiv:1605.04711, section 3.1) with batch norm.
/// Input <c>[N, H, W, C]</c>, 8×8 or larger; output logits <c>[N, classes]</c>. Names: <c>conv1.weight</c> … <c>conv6.weight</c>,
/// <c>fc1.weight</c>, <c>fc2.weight</c>.
/// </summary>
public sealed class Vgg7 : Sequential
{
    /// <summary>Builds and initialises the network.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <param name="width">Channels of the first pair of convolutions; 128 in the paper. The pairs have 1, 2 and 4 times, the hidden layer 8 times as many.</param>
    /// <exception cref="ArgumentException">The options are outside their range or the image is too small.</exception>
    public Vgg7(Device device, ModelOptions options, int width = 128)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        options.Validate();
        if (options.Height < 8 || options.Width < 8)
        {
            throw new ArgumentException($"VGG-7 needs images of at least 8x8, got {options.Height}x{options.Width}", nameof(options));
        }

        var build = new ModelBuilder(device, options);
        build.Input(this);
        int channels = options.Channels;
        for (int i = 1; i <= 6; i++)
        {
            int outChannels = width << ((i - 1) / 2);
            build.ConvNormRelu(this, $"{i}", new ConvOptions(channels, outChannels, 3, Padding: 1), i == 1 ? LayerPlace.First : LayerPlace.Inner);
            build.Quant(this, $"quant{i}", i < 6 ? $"conv{i + 1}" : "fc1");
            channels = outChannels;
            if (i % 2 == 0)
            {
                Append($"pool{i / 2}", new MaxPool2d(device, 2));
            }
        }

        Append("flatten", new Flatten(device));
        build.LinearNormRelu(this, "1", (options.Height / 8) * (options.Width / 8) * channels, 8 * width, LayerPlace.Inner);
        build.Quant(this, "quant7", "fc2", LayerPlace.Last);
        build.Classifier(this, "fc2", "fc2", 8 * width);
        Initialize(options.Seed);
    }
}
