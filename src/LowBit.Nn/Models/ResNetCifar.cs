using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>
/// ResNet for CIFAR (He et al. 2016, arXiv:1512.03385, section 4.2): a 3×3 convolution, three stages of blocks with 1, 2 and 4
/// times the width, global average, classifier. Input <c>[N, H, W, C]</c>, output logits <c>[N, classes]</c>. Names:
/// <c>conv1.weight</c>, <c>bn1.weight</c>, <c>layer1.0.conv1.weight</c>, …, <c>linear.weight</c>.
/// </summary>
/// <remarks>
/// Quantized, the stream between the blocks is real in training and every block looks at it through its own quantizers
/// (<see cref="BasicBlock"/>); in front of the average it is quantized with the residual stream's bits, behind it with
/// <see cref="QuantizationPolicy.LastLayerActivationBits"/>.
/// </remarks>
public sealed class ResNetCifar : Sequential
{
    /// <summary>Builds and initialises the network.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <param name="depth">6·n + 2 layers: 20, 32, 44, 56, …</param>
    /// <param name="projection">True for option-B shortcuts (1×1 convolutions), false for option A.</param>
    /// <param name="width">Channels of the first stage; 16 in the paper.</param>
    /// <exception cref="ArgumentException">The options or the depth are outside their range.</exception>
    public ResNetCifar(Device device, ModelOptions options, int depth = 20, bool projection = false, int width = 16)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        options.Validate();
        if (depth < 8 || depth > 6002 || (depth - 2) % 6 != 0)
        {
            throw new ArgumentException($"a ResNet for CIFAR has 6n + 2 layers (20, 32, 44, 56, …), got {depth}", nameof(depth));
        }

        Depth = depth;
        Projection = projection;
        QuantizationPolicy? policy = options.Quantization;
        var build = new ModelBuilder(device, options);
        build.Input(this);
        build.ConvNormRelu(this, "1", new ConvOptions(options.Channels, width, 3, Padding: 1), LayerPlace.First);
        int channels = width;
        for (int stage = 0; stage < 3; stage++)
        {
            var layer = new Sequential(device);
            for (int b = 0; b < (depth - 2) / 6; b++)
            {
                var sizes = new BasicBlockOptions(channels, width << stage, stage > 0 && b == 0 ? 2 : 1, projection);
                layer.Append(null, new BasicBlock(device, build.Plan is null ? sizes : Quantized(sizes, $"layer{stage + 1}.{b}", build.Plan, policy!)));
                channels = width << stage;
            }

            Append($"layer{stage + 1}", layer);
        }

        build.StreamQuant(this, policy?.ResidualBits);
        Append("pool", new GlobalAveragePool(device));
        build.Quant(this, "quant_pool", "linear", LayerPlace.Last);
        build.Classifier(this, "linear", "linear", channels);
        Initialize(options.Seed);
    }

    /// <summary>Layers with weights, shortcuts not counted.</summary>
    public int Depth { get; }

    /// <summary>True for option-B shortcuts.</summary>
    public bool Projection { get; }

    // A projection reads what the first convolution reads.
    private static BasicBlockOptions Quantized(in BasicBlockOptions sizes, string path, LayerPlan plan, QuantizationPolicy policy)
    {
        string first = $"{path}.conv1", second = $"{path}.conv2", shortcut = $"{path}.downsample.0";
        return sizes with
        {
            Weights = plan.Weights(first, LayerPlace.Inner),
            Activations = sizes.IsProjected ? plan.Edge(LayerPlace.Inner, first, shortcut) : plan.Edge(LayerPlace.Inner, first),
            Residual = policy.Activations(policy.ResidualBits),
            Shortcut = policy.SignedActivations(8),
            SecondWeights = plan.Weights(second, LayerPlace.Inner),
            InnerActivations = plan.Edge(LayerPlace.Inner, second),
            ShortcutWeights = sizes.IsProjected ? plan.Weights(shortcut, LayerPlace.Inner) : null,
            HasOwnResidual = plan.KeepsResidualApart,
        };
    }
}
