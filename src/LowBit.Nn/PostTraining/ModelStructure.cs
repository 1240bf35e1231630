using LowBit.Nn.Layers;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// The layers with weights of a model in the order in which they run, with their batch norms, and the pairs of layers between which the
/// values only pass a ReLU, a quantizer, a pooling or a flattening.
/// </summary>
internal sealed class ModelStructure
{
    private readonly List<LayerSite> _sites = [];
    private readonly List<(LayerSite First, LayerSite Second)> _pairs = [];

    private ModelStructure()
    {
    }

    public IReadOnlyList<LayerSite> Sites => _sites;

    /// <summary>Pairs through a ReLU: a channel of the first may be divided by what the second's columns are multiplied with.</summary>
    public IReadOnlyList<(LayerSite First, LayerSite Second)> Pairs => _pairs;

    /// <summary>Reads a model.</summary>
    /// <exception cref="ArgumentException">A module's inside is not known here, or there is no layer with weights.</exception>
    public static ModelStructure Of(Module model)
    {
        var structure = new ModelStructure();
        structure.Walk("", model);
        return structure._sites.Count > 0
            ? structure
            : throw new ArgumentException($"{model} has no convolution and no linear layer, so there is nothing to quantize", nameof(model));
    }

    private void Walk(string path, Module module)
    {
        switch (module)
        {
            case Sequential row:
                Row(path, row);
                break;
            case BasicBlock block:
                Block(path, block);
                break;
            case InvertedResidual block:
                Walk(Join(path, "conv"), block.Body);
                break;
            case Conv2d or Linear:
                Add(new LayerSite(path, module, null, false, float.PositiveInfinity));
                break;
            case BatchNorm2d or Relu or Relu6 or ActivationQuant or InputQuant or Flatten or MaxPool2d or AveragePool2d or GlobalAveragePool:
                break;
            default:
                throw new ArgumentException(
                    $"post-training quantization does not know in which order {module.GetType().Name} '{path}' runs its layers; build the model from rows of layers and basic blocks");
        }
    }

    private void Row(string path, Sequential row)
    {
        LayerSite? open = null;
        for (int i = 0; i < row.Children.Count; i++)
        {
            Module module = row.Children[i].Module;
            string inside = Join(path, row.Children[i].Name);
            if (module is not (Conv2d or Linear))
            {
                Walk(inside, module);
                open = PassesChannels(module) ? open : null;
                continue;
            }

            BatchNorm2d? norm = i + 1 < row.Children.Count ? row.Children[i + 1].Module as BatchNorm2d : null;
            int next = i + (norm is null ? 1 : 2);
            Module? function = next < row.Children.Count ? row.Children[next].Module : null;
            LayerSite site = Add(new LayerSite(inside, module, norm, function is Relu or Relu6, function is Relu6 ? 6 : float.PositiveInfinity));
            if (open is not null)
            {
                _pairs.Add((open, site));
            }

            open = function is Relu ? site : null;
            i = norm is null ? i : i + 1;
        }
    }

    private void Block(string path, BasicBlock block)
    {
        LayerSite first = Add(new LayerSite(Join(path, "conv1"), block.Conv1, block.Bn1, true, float.PositiveInfinity));
        if (block.Downsample is not null)
        {
            Walk(Join(path, "downsample"), block.Downsample);
        }

        _pairs.Add((first, Add(new LayerSite(Join(path, "conv2"), block.Conv2, block.Bn2, false, float.PositiveInfinity))));
    }

    private LayerSite Add(LayerSite site)
    {
        _sites.Add(site);
        return site;
    }

    // Positively homogeneous in each channel: scaling a channel in front scales it behind.
    private static bool PassesChannels(Module module)
        => module is Relu or ActivationQuant or Flatten or MaxPool2d or AveragePool2d or GlobalAveragePool;

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
