using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>
/// LeNet-5 in the form of the quantization literature (Louizos et al. 2019, arXiv:1810.01875, section 4: 32C5 - MP2 - 64C5 - MP2 -
/// 512FC), with batch norm after each layer but the last. Input <c>[N, H, W, C]</c>, 16×16 or larger (MNIST 28×28); output logits
/// <c>[N, classes]</c>. Names: <c>conv1.weight</c>, <c>bn1.weight</c>, <c>conv2.weight</c>, <c>fc1.weight</c>, <c>fc2.weight</c>, ….
/// </summary>
/// <remarks>Codes are made before the maximum is taken; rounding is monotone, so the engine pools codes.</remarks>
public sealed class LeNet5 : Sequential
{
    /// <summary>Builds and initialises the network.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <param name="width">Channels of the first convolution, 1 or more; the second has twice, the hidden layer 16 times as many.</param>
    /// <exception cref="ArgumentException">The options are outside their range or the image is too small.</exception>
    public LeNet5(Device device, ModelOptions options, int width = 32)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        options.Validate();
        int height = ((((options.Height - 4) / 2) - 4) / 2), columns = ((((options.Width - 4) / 2) - 4) / 2);
        if (height < 1 || columns < 1)
        {
            throw new ArgumentException($"LeNet-5 needs images of at least 16x16, got {options.Height}x{options.Width}", nameof(options));
        }

        var build = new ModelBuilder(device, options);
        build.Input(this);
        build.ConvNormRelu(this, "1", new ConvOptions(options.Channels, width, 5), LayerPlace.First);
        build.Quant(this, "quant1", "conv2");
        Append("pool1", new MaxPool2d(device, 2));
        build.ConvNormRelu(this, "2", new ConvOptions(width, 2 * width, 5), LayerPlace.Inner);
        build.Quant(this, "quant2", "fc1");
        Append("pool2", new MaxPool2d(device, 2));
        Append("flatten", new Flatten(device));
        build.LinearNormRelu(this, "1", height * columns * 2 * width, 16 * width, LayerPlace.Inner);
        build.Quant(this, "quant3", "fc2", LayerPlace.Last);
        build.Classifier(this, "fc2", "fc2", 16 * width);
        Initialize(options.Seed);
    }
}
