using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;

namespace LowBit.Nn.Models;

/// <summary>Makes the pieces that all models share, with the quantizers of the policy in their places.</summary>
internal sealed class ModelBuilder(Device device, ModelOptions options)
{
    public QuantizationPolicy? Policy { get; } = options.Quantization;

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
        model.Append($"conv{suffix}", new Conv2d(device, convolution, Policy?.Weights(place)));
        model.Append($"bn{suffix}", new BatchNorm2d(device, convolution.OutChannels));
        model.Append($"relu{suffix}", new Relu(device));
    }

    /// <summary>Fully connected layer, batch norm, ReLU.</summary>
    public void LinearNormRelu(Sequential model, string suffix, int inFeatures, int outFeatures, LayerPlace place)
    {
        model.Append($"fc{suffix}", new Linear(device, inFeatures, outFeatures, bias: false, Policy?.Weights(place)));
        model.Append($"fc_bn{suffix}", new BatchNorm2d(device, outFeatures));
        model.Append($"fc_relu{suffix}", new Relu(device));
    }

    /// <summary>The quantizer of an edge, when the model is quantized.</summary>
    public void Quant(Sequential model, string name, int? bits = null)
    {
        if (Policy is not null)
        {
            model.Append(name, new ActivationQuant(device, Policy.Activations(bits ?? Policy.ActivationBits)));
        }
    }

    /// <summary>The layer that makes the logits.</summary>
    public void Classifier(Sequential model, string name, int inFeatures)
        => model.Append(name, new Linear(device, inFeatures, options.Classes, bias: true, Policy?.Weights(LayerPlace.Last)));
}
