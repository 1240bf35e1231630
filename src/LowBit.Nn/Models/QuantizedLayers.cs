using LowBit.Nn.Layers;
using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>Finds the layers with weights of a quantized model, and the quantizer of the edge that each of them reads.</summary>
public sealed class QuantizedLayers
{
    private readonly List<QuantizedLayer> _layers = [];
    private ActivationQuantizer? _edge;
    private bool _isImage;

    private QuantizedLayers()
    {
    }

    /// <summary>Every convolution and fully connected layer of a model.</summary>
    /// <param name="model">A quantized model of rows of layers and residual blocks.</param>
    /// <returns>The layers in the order in which they run.</returns>
    /// <exception cref="ArgumentException">
    /// The model is float, a layer reads values that no quantizer made, or the inside of a module is not known here.
    /// </exception>
    public static IReadOnlyList<QuantizedLayer> Of(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var found = new QuantizedLayers();
        found.Walk("", model);
        return found._layers.Count > 0
            ? found._layers
            : throw new ArgumentException($"{model} has no convolution and no linear layer, so there are no bits to choose", nameof(model));
    }

    private void Walk(string path, Module module)
    {
        switch (module)
        {
            case Sequential row:
                foreach ((string name, Module child) in row.Children)
                {
                    Walk(Join(path, name), child);
                }

                break;
            case BasicBlock block:
                Block(path, block);
                break;
            case InvertedResidual block:
                Read(block.InputQuant);
                Walk(Join(path, "conv"), block.Body);
                Leave();
                break;
            case Conv2d convolution:
                Add(path, convolution, convolution.Quantizer);
                break;
            case Linear linear:
                Add(path, linear, linear.Quantizer);
                break;
            case InputQuant:
                (_edge, _isImage) = (null, true);
                break;
            case ActivationQuant quant:
                Read(quant);
                break;
            case Flatten or MaxPool2d:
                // Codes stay codes.
                break;
            case BatchNorm2d or Relu or Relu6 or AveragePool2d or GlobalAveragePool:
                Leave();
                break;
            default:
                throw new ArgumentException(
                    $"the edges inside {module.GetType().Name} '{path}' are not known; build the model from rows of layers and residual blocks");
        }
    }

    private void Block(string path, BasicBlock block)
    {
        Read(block.InputQuant);
        Add(Join(path, "conv1"), block.Conv1, block.Conv1.Quantizer);
        if (block.Downsample is not null)
        {
            Read(block.InputQuant);
            Walk(Join(path, "downsample"), block.Downsample);
        }

        Read(block.InnerQuant);
        Add(Join(path, "conv2"), block.Conv2, block.Conv2.Quantizer);
    }

    private void Add(string path, Module layer, WeightQuantizer? weights)
    {
        if (weights is null || (_edge is null && !_isImage))
        {
            throw new ArgumentException(
                $"layer '{path}' {(weights is null ? "has float weights" : "reads values without a quantizer")}; build the model with a quantization policy");
        }

        _layers.Add(new QuantizedLayer(path, layer, weights, _edge));
        Leave();
    }

    private void Read(ActivationQuant? quant) => (_edge, _isImage) = (quant?.Quantizer, false);

    // Sums, norms and averages are real numbers until the next quantizer.
    private void Leave() => (_edge, _isImage) = (null, false);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
