using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>Makes the pieces that all models share, with the quantizers of the policy in their places.</summary>
internal sealed class ModelBuilder(Device device, ModelOptions options)
{
    /// <summary>Bits of the whole model; null for a float one.</summary>
    public QuantizationPolicy? Policy { get; } = options.Quantization;

    /// <summary>Quantizers of single layers; null for a float model.</summary>
    public LayerPlan? Plan { get; } = options.Quantization is null ? null : new LayerPlan(options.Quantization);

    /// <summary>Starts a model: the input edge, when the model is quantized.</summary>
    public void Input(Sequential model)
    {
        if (Policy is not null)
        {
            model.Append("input", new InputQuant(device, options.Normalization));
        }
    }

    /// <summary>Convolution, batch norm, ReLU, and nothing after it: the caller knows who reads the edge.</summary>
    public void ConvNormRelu(Sequential model, string suffix, in ConvOptions convolution, LayerPlace place)
    {
        model.Append($"conv{suffix}", new Conv2d(device, convolution, Plan?.Weights($"conv{suffix}", place)));
        model.Append($"bn{suffix}", new BatchNorm2d(device, convolution.OutChannels));
        model.Append($"relu{suffix}", new Relu(device));
    }

    /// <summary>Fully connected layer, batch norm, ReLU.</summary>
    public void LinearNormRelu(Sequential model, string suffix, int inFeatures, int outFeatures, LayerPlace place)
    {
        model.Append($"fc{suffix}", new Linear(device, inFeatures, outFeatures, bias: false, Plan?.Weights($"fc{suffix}", place)));
        model.Append($"fc_bn{suffix}", new BatchNorm2d(device, outFeatures));
        model.Append($"fc_relu{suffix}", new Relu(device));
    }

    /// <summary>The quantizer of an edge that one layer reads, when the model is quantized.</summary>
    public void Quant(Sequential model, string name, string reader, LayerPlace place = LayerPlace.Inner)
    {
        if (Plan is not null)
        {
            model.Append(name, new ActivationQuant(device, Plan.Edge(place, reader)));
        }
    }

    /// <summary>The quantizer of the edge in front of the average, which no layer reads, when the model is quantized.</summary>
    public void StreamQuant(Sequential model, int? bits)
    {
        if (Policy is not null && bits is { } given)
        {
            model.Append("quant_stream", new ActivationQuant(device, Policy.Activations(given)));
        }
    }

    /// <summary>The layer that makes the logits; the last one that is built.</summary>
    /// <param name="model">Gets the layer.</param>
    /// <param name="name">Its name in <paramref name="model"/>.</param>
    /// <param name="path">Its path in the whole model.</param>
    /// <param name="inFeatures">Its inputs.</param>
    /// <exception cref="ArgumentException">The policy names a layer that the model does not have.</exception>
    public void Classifier(Sequential model, string name, string path, int inFeatures)
    {
        model.Append(name, new Linear(device, inFeatures, options.Classes, bias: true, Plan?.Weights(path, LayerPlace.Last)));
        Plan?.Complete();
    }
}
