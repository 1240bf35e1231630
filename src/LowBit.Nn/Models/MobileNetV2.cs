using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>
/// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381, table 2) in its usual form for CIFAR: stride 1 in the first convolution and in
/// the second stage, so that 32×32 images end as 4×4. Input <c>[N, H, W, C]</c>, output logits <c>[N, classes]</c>. Names are
/// torchvision's: <c>features.0.0.weight</c>, <c>features.1.conv.0.0.weight</c>, …, <c>classifier.1.weight</c>.
/// </summary>
/// <remarks>
/// At width 1 and 10 classes it has 2,236,682 parameters, as torchvision's with 10 classes: strides change none. Bottlenecks are
/// linear, so the edges between the blocks are signed: the convolution reads them with <see cref="QuantizationPolicy.ActivationBits"/>,
/// the shortcut with <see cref="QuantizationPolicy.ResidualBits"/>. In front of the average and behind it edges have
/// <see cref="QuantizationPolicy.LastLayerActivationBits"/>.
/// </remarks>
public sealed class MobileNetV2 : Sequential
{
    private const int Stem = 32;
    private const int Head = 1280;

    // Table 2 with the strides of the CIFAR form: expansion, channels, blocks, stride of the first one.
    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] s_stages =
        [(1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="options">Ends, bits and seed.</param>
    /// <param name="multiplier">Factor on all channels, 0.05 to 4, rounded to multiples of 8; the last convolution never has fewer than 1280.</param>
    /// <exception cref="ArgumentException">The options or the multiplier are outside their range.</exception>
    public MobileNetV2(Device device, ModelOptions options, double multiplier = 1)
        : base(device)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!(multiplier >= 0.05 && multiplier <= 4))
        {
            throw new ArgumentException($"MobileNetV2's width multiplier is 0.05 to 4, got {multiplier}", nameof(multiplier));
        }

        if (options.Quantization is { } bits && Math.Min(bits.ActivationBits, bits.ResidualBits) < 2)
        {
            throw new ArgumentException(
                $"the linear bottlenecks of mobilenetv2 need signed codes of 2 bits or more; quantization.activationBits is {bits.ActivationBits}, residualBits {bits.ResidualBits}",
                nameof(options));
        }

        Multiplier = multiplier;
        QuantizationPolicy? policy = options.Quantization;
        var build = new ModelBuilder(device, options);
        build.Input(this);
        var features = new Sequential(device);
        int channels = Scaled(Stem, multiplier), at = 0;
        features.Append($"{at++}", Rectified(new ConvOptions(options.Channels, channels, 3, Padding: 1), build.Plan?.Weights("features.0.0", LayerPlace.First)));
        foreach ((int expansion, int width, int blocks, int firstStride) in s_stages)
        {
            for (int b = 0; b < blocks; b++)
            {
                var sizes = new InvertedResidualOptions(channels, Scaled(width, multiplier), b == 0 ? firstStride : 1, expansion);
                features.Append($"{at}", new InvertedResidual(device, build.Plan is null ? sizes : Quantized(sizes, at, build.Plan, policy!)));
                channels = Scaled(width, multiplier);
                at++;
            }
        }

        string last = $"features.{at}.0";
        if (build.Plan is not null)
        {
            features.Append("quant_head", new ActivationQuant(device, build.Plan.SignedEdge(last)));
        }

        int head = Scaled(Head, Math.Max(1, multiplier));
        features.Append($"{at}", Rectified(new ConvOptions(channels, head, 1), build.Plan?.Weights(last, LayerPlace.Inner)));
        Append("features", features);
        build.StreamQuant(this, policy?.LastLayerActivationBits);
        Append("pool", new GlobalAveragePool(device));
        build.Quant(this, "quant_pool", "classifier.1", LayerPlace.Last);
        var classifier = new Sequential(device);
        build.Classifier(classifier, "1", "classifier.1", head);
        Append("classifier", classifier);
        Initialize(options.Seed);
    }

    /// <summary>Factor on all channels.</summary>
    public double Multiplier { get; }

    // The nearest multiple of 8, but not below 90 % of the product: the rule of the authors' code.
    private static int Scaled(int channels, double multiplier)
    {
        double product = channels * multiplier;
        int rounded = Math.Max(8, (int)(product + 4) / 8 * 8);
        return rounded < 0.9 * product ? rounded + 8 : rounded;
    }

    // The first block reads the stem's ReLU6, all others a linear bottleneck. Only the first one has no expanding convolution.
    private static InvertedResidualOptions Quantized(in InvertedResidualOptions sizes, int block, LayerPlan plan, QuantizationPolicy policy)
    {
        bool isFirst = block == 1;
        string path = $"features.{block}.conv", depthwise = sizes.Expansion > 1 ? $"{path}.1.0" : $"{path}.0.0", projection = sizes.Expansion > 1 ? $"{path}.2" : $"{path}.1";
        string first = $"{path}.0.0";
        QuantizerOptions weights = plan.Weights(first, LayerPlace.Inner);
        return sizes with
        {
            Weights = weights,
            Input = isFirst ? plan.Edge(LayerPlace.Inner, first) : plan.SignedEdge(first),
            Residual = isFirst ? policy.Activations(policy.ResidualBits) : policy.SignedActivations(policy.ResidualBits),
            Inner = plan.Edge(LayerPlace.Inner, depthwise),
            DepthwiseWeights = depthwise == first ? weights : plan.Weights(depthwise, LayerPlace.Inner),
            ProjectionWeights = plan.Weights(projection, LayerPlace.Inner),
            ProjectionInput = plan.Edge(LayerPlace.Inner, projection),
            HasOwnResidual = plan.KeepsResidualApart,
        };
    }

    private Sequential Rectified(in ConvOptions convolution, QuantizerOptions? weights)
        => new(new Conv2d(Device, convolution, weights), new BatchNorm2d(Device, convolution.OutChannels), new Relu6(Device));
}
