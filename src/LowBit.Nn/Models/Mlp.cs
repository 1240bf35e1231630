using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>
/// Fully connected network: for each hidden layer linear, batch norm, ReLU, quantizer; then the classifier.
/// Input <c>[N, H, W, C]</c>, output logits <c>[N, classes]</c>. Names: <c>fc1.weight</c>, <c>fc_bn1.weight</c>, …, <c>classifier.weight</c>.
/// </summary>
public sealed class Mlp : Sequential
{
    private const string Last = "classifier";

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <param name="hidden">Sizes of the hidden layers, at least one; the default is two of 256.</param>
    /// <exception cref="ArgumentException">The options or a hidden size are outside their range.</exception>
    public Mlp(Device device, ModelOptions options, IReadOnlyList<int>? hidden = null)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        hidden ??= [256, 256];
        if (hidden.Count == 0)
        {
            throw new ArgumentException("an MLP needs at least one hidden layer; for a linear model use a Linear layer", nameof(hidden));
        }

        var build = new ModelBuilder(device, options);
        build.Input(this);
        Append("flatten", new Flatten(device, options.Channels));
        int features = options.Height * options.Width * options.Channels;
        for (int i = 0; i < hidden.Count; i++)
        {
            bool isLast = i == hidden.Count - 1;
            build.LinearNormRelu(this, $"{i + 1}", features, hidden[i], i == 0 ? LayerPlace.First : LayerPlace.Inner);
            build.Quant(this, $"quant{i + 1}", isLast ? Last : $"fc{i + 2}", isLast ? LayerPlace.Last : LayerPlace.Inner);
            features = hidden[i];
        }

        build.Classifier(this, Last, Last, features);
        Initialize(options.Seed);
    }
}
