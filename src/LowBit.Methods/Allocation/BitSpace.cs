using LowBit.Kernels.Devices;
using LowBit.Nn;
using LowBit.Nn.Models;
using LowBit.Quantization;

namespace LowBit.Methods.Allocation;

/// <summary>
/// What can be chosen in a model whose quantizers have several widths: a variable for the weights of each inner layer and one for each edge that
/// inner layers read, in the order in which the layers run; weights and input of a layer follow each other.
/// </summary>
public sealed class BitSpace
{
    private BitSpace(IReadOnlyList<BitVariable> variables, IReadOnlyList<LayerSlot> layers) => (Variables, Layers) = (variables, layers);

    /// <summary>The variables.</summary>
    public IReadOnlyList<BitVariable> Variables { get; }

    /// <summary>All layers with weights, those with fixed bits included.</summary>
    public IReadOnlyList<LayerSlot> Layers { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="model">Built from a policy with widths.</param>
    /// <param name="shapes">Sizes of its layers, from <see cref="LayerShapes"/>.</param>
    /// <exception cref="ArgumentException">No quantizer of the model has more than one width, or a layer has no sizes.</exception>
    public static BitSpace Of(Module model, IReadOnlyDictionary<string, ConvShape> shapes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shapes);
        var paths = new Dictionary<Quantizer, string>(ReferenceEqualityComparer.Instance);
        foreach ((string path, Quantizer quantizer) in model.Quantizers())
        {
            paths.Add(quantizer, path);
        }

        var variables = new List<BitVariable>();
        var readers = new List<List<string>>();
        var known = new Dictionary<Quantizer, int>(ReferenceEqualityComparer.Instance);
        var read = new HashSet<Quantizer>(ReferenceEqualityComparer.Instance);
        var slots = new List<LayerSlot>();
        foreach (QuantizedLayer layer in QuantizedLayers.Of(model))
        {
            if (!shapes.TryGetValue(layer.Path, out ConvShape shape))
            {
                throw new ArgumentException($"layer {layer.Path} has no sizes; take them from a model of the same architecture", nameof(shapes));
            }

            int Variable(Quantizer? quantizer, bool isWeight)
            {
                if (quantizer is null || quantizer.Widths.Count < 2)
                {
                    return -1;
                }

                if (!known.TryGetValue(quantizer, out int index))
                {
                    index = variables.Count;
                    known.Add(quantizer, index);
                    readers.Add([]);
                    variables.Add(new BitVariable(paths[quantizer], isWeight, [.. quantizer.Widths], readers[index]));
                }

                readers[index].Add(layer.Path);
                return index;
            }

            int weights = Variable(layer.Weights, true), input = Variable(layer.Input, false);
            slots.Add(new LayerSlot(layer.Path, shape, weights, input, layer.Input is null || read.Add(layer.Input), layer.Weights.Bits, layer.Input?.Bits ?? BitWidth.Largest));
        }

        return variables.Count > 0
            ? new BitSpace(variables, slots)
            : throw new ArgumentException("no quantizer of the model has more than one width; give quantization.widths in the recipe", nameof(model));
    }

    /// <summary>The same bits for all weights and the same for all inputs, each the nearest width that the variable has (the smaller of two).</summary>
    /// <param name="weightBits">1 to 8.</param>
    /// <param name="activationBits">1 to 8.</param>
    public BitAllocation Uniform(int weightBits, int activationBits)
    {
        var bits = new int[Variables.Count];
        for (int v = 0; v < bits.Length; v++)
        {
            int wanted = Variables[v].IsWeight ? weightBits : activationBits;
            bits[v] = Variables[v].Widths.MinBy(width => Math.Abs(width - wanted));
        }

        return BitAllocation.Of(bits);
    }

    /// <summary>The most bits of every variable.</summary>
    public BitAllocation Most() => BitAllocation.Of([.. Variables.Select(static variable => variable.Widths[^1])]);

    /// <summary>True when every variable has one of its widths.</summary>
    /// <param name="allocation">Any allocation.</param>
    public bool Contains(BitAllocation allocation)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        bool inside = allocation.Count == Variables.Count;
        for (int v = 0; inside && v < allocation.Count; v++)
        {
            inside = Variables[v].Widths.Contains(allocation[v]);
        }

        return inside;
    }

    /// <summary>The allocation as a recipe's <c>quantization.layers</c>: one entry for each layer with a variable.</summary>
    /// <param name="allocation">Of this space.</param>
    public LayerBits[] ToLayerBits(BitAllocation allocation)
        => [.. Layers.Where(slot => slot.Weights >= 0 || slot.Input >= 0).Select(slot => new LayerBits(
            slot.Path, slot.Weights < 0 ? null : slot.WeightBits(allocation), slot.Input < 0 ? null : slot.InputBits(allocation)))];
}
