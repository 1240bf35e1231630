using LowBit.Nn.Recipes;
using LowBit.Quantization;

namespace LowBit.Nn.Models;

/// <summary>
/// Quantizers of the layers of one model: what the policy says for a layer's place, or for the layer itself where it is named. A model asks for every
/// layer while it is built, so that at the end a name that belongs to none is known.
/// </summary>
internal sealed class LayerPlan(QuantizationPolicy policy)
{
    private readonly List<string> _layers = [];

    /// <summary>True when the structure must not depend on bits: shortcuts never share a quantizer with a convolution.</summary>
    public bool KeepsResidualApart => policy.Layers.Count > 0 || policy.Widths.Count > 0;

    /// <summary>The quantizer of a layer's weights.</summary>
    /// <param name="layer">Path of the layer.</param>
    /// <param name="place">Where it stands.</param>
    /// <exception cref="ArgumentException">The layer reads the image and was given bits for it, or its weights have none of the policy's widths.</exception>
    public QuantizerOptions Weights(string layer, LayerPlace place)
    {
        _layers.Add(layer);
        if (place == LayerPlace.First && policy.Find(layer)?.ActivationBits is { } bits)
        {
            throw new ArgumentException(
                $"quantization.layers gives {layer} {bits} activationBits, but it reads the image, which always has 8 bits; leave its activationBits out");
        }

        int own = policy.WeightBitsOf(layer, place);
        if (place == LayerPlace.Inner)
        {
            policy.RequireWidth($"layers ('{layer}').weightBits", own);
        }

        return policy.Weights(place, own);
    }

    /// <summary>The quantizer of an edge with codes from zero up.</summary>
    /// <param name="place">Place of the layers that read it.</param>
    /// <param name="readers">Paths of those layers, at least one.</param>
    /// <exception cref="ArgumentException">The readers were given different bits, or none of the policy's widths.</exception>
    public QuantizerOptions Edge(LayerPlace place, params ReadOnlySpan<string> readers)
    {
        QuantizerOptions options = policy.Activations(BitsOf(place, readers));
        return place == LayerPlace.Inner ? policy.Switchable(options) : options;
    }

    /// <summary>The quantizer of an edge with codes on both sides of zero, read by an inner layer.</summary>
    /// <param name="reader">Path of the layer.</param>
    /// <exception cref="ArgumentException">The edge has 1 bit, may be switched to 1 bit, or has none of the policy's widths.</exception>
    public QuantizerOptions SignedEdge(string reader)
    {
        int bits = BitsOf(LayerPlace.Inner, reader);
        if (bits < 2)
        {
            throw new ArgumentException($"quantization.layers gives {reader} {bits} activationBits, but the edge that it reads is signed and needs 2 or more; raise them");
        }

        return policy.Widths is [1, ..]
            ? throw new ArgumentException($"quantization.widths begins with 1, but the edge that {reader} reads is signed and needs 2 bits or more; leave 1 out")
            : policy.Switchable(policy.SignedActivations(bits));
    }

    /// <summary>Ends the building of the model.</summary>
    /// <exception cref="ArgumentException">The policy names a layer that the model does not have.</exception>
    public void Complete()
    {
        foreach (LayerBits named in policy.Layers)
        {
            if (!_layers.Contains(named.Layer))
            {
                throw new ArgumentException(
                    $"quantization.layers names '{named.Layer}', which is no layer of the model, did you mean '{NearestName.Find(named.Layer, [.. _layers])}'?");
            }
        }
    }

    private int BitsOf(LayerPlace place, params ReadOnlySpan<string> readers)
    {
        LayerBits? first = null;
        foreach (string reader in readers)
        {
            LayerBits? named = policy.Find(reader);
            if (named?.ActivationBits is null)
            {
                continue;
            }

            if (first is not null && first.ActivationBits != named.ActivationBits)
            {
                throw new ArgumentException(
                    $"quantization.layers gives {first.Layer} {first.ActivationBits} and {named.Layer} {named.ActivationBits} activationBits, but both read the same edge; give one of them, or both the same");
            }

            first ??= named;
        }

        int bits = policy.ActivationBitsOf(first?.Layer ?? readers[0], place);
        if (place == LayerPlace.Inner)
        {
            policy.RequireWidth($"layers ('{readers[0]}').activationBits", bits);
        }

        return bits;
    }
}
